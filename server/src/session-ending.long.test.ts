import { setImmediate } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outline, outlines, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  UNHURRIED,
  type Opened,
  type RunningServer,
} from "./running-server.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";
import { defineTool } from "./tools/tool.js";

// Cut off late: on a busy machine the disk is slow, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const organizationId = "default";
const live = { supports: ["live"] };
const as = (userId: string) => ({ authContext: signAuthContext({ userId, secret: SECRET }) });
const one = (sessionId: string) => ({ kind: "session", organizationId, sessionId }) as const;
const visitor = (userId: string) => ({ kind: "visitor", organizationId, userId }) as const;
const send = ({ sessionId }: Pick<Opened, "sessionId">, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});
const ended = (sessionId: string, reason = "revoked") =>
  `{"type":"session_ended","data":{"sessionId":"${sessionId}","reason":"${reason}"},"timestamp":1}`;
const texts = (client: CoreClient) => client.frames.map(({ text }) => text);
const unknownSession = async (client: CoreClient, sessionId: string) =>
  (await client.ask({ action: "get_session", requestId: "g", sessionId })).text;

describe("a session that is ended", () => {
  it("tells a client that supports it, and closes its connection with 4401", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server, live);
    const core = await openSession(server);
    expect(await server.agent.endSessions(one(sessionId))).toBe(1);
    expect((await client.next()).text).toBe(ended(sessionId));
    expect((await client.closed).code).toBe(4401);
    await core.client.quiet(core.sessionId);
    expect(await server.agent.endSessions(one(core.sessionId))).toBe(1);
    expect(await core.client.closed).toEqual({ code: 4401, reason: "The session has ended." });
    expect(texts(core.client).join(), "not one frame more").not.toContain("session_ended");
    expect(await server.agent.endSessions(one(sessionId)), "it had ended").toBe(0);
  });

  it("is never taken up again, and looks like one that never was", async () => {
    const server = await runningServer();
    const session = await openSession(server);
    await server.agent.endSessions(one(session.sessionId));
    const again = await resumed(server, session);
    const wrong = await resumed(server, { ...session, sessionToken: "x" });
    expect(at(again.answer, "error.code")).toBe("SESSION_NOT_FOUND");
    expect(again.answer.text).toBe(wrong.answer.text);
  });

  it("goes alone when its connection holds another, which stays usable", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server, live);
    const other = await createSession(client, live);
    const third = await createSession(client);
    await server.agent.endSessions(one(sessionId));
    expect((await client.next()).text).toBe(ended(sessionId));
    await server.agent.endSessions(one(third.sessionId));
    const never = await unknownSession(client, "never");
    for (const gone of [sessionId, third.sessionId]) {
      expect(await unknownSession(client, gone)).toBe(never);
      const answer = await client.ask(send({ sessionId: gone }));
      expect(outline(answer)).toBe("r error SESSION_NOT_FOUND");
    }
    server.model.script(says("Yes."));
    expect(outline(await client.ask(send(other)))).toBe("r: Processing your request...");
    expect(outlines(await client.rest()).at(-1)).toBe("r eventual_response");
  });

  it("leaves the conversation to the visitor's other devices, and a turn that runs", async () => {
    const server = await runningServer();
    const first = await openSession(server, { ...live, ...as("ada") });
    const { conversationId } = first;
    const second = await openSession(server, { ...live, ...as("ada"), conversationId });
    expect(second.conversationId).toBe(conversationId);
    const held = heldAnswer();
    server.model.script(held.answer);
    await first.client.ask(send(first));
    await server.model.request(0);
    await held.say("Wort");
    expect(outlines(await second.client.until("stream_token")).at(-1)).toBe('"Wort"');
    await server.agent.endSessions(one(first.sessionId));
    expect((await first.client.closed).code).toBe(4401);
    await held.finish();
    const rest = outlines(await second.client.rest());
    expect(rest).toEqual(["r eventual_response"]);
    expect(texts(second.client).join(), "it is none of its business").not.toContain(
      "session_ended",
    );
  });
});

describe("a visitor who is revoked everywhere at once", () => {
  it("is sent away from every device, and from nobody else's conversation", async () => {
    const server = await runningServer();
    const first = await openSession(server, { ...live, ...as("ada") });
    const again = await openSession(server, {
      ...live,
      ...as("ada"),
      conversationId: first.conversationId,
    });
    const elsewhere = await openSession(server, { ...live, ...as("ada") });
    const others = [await openSession(server, as("bob")), await openSession(server, live)];
    const foreign = { kind: "visitor", organizationId: "other", userId: "ada" } as const;
    expect(await server.agent.endSessions(foreign)).toBe(0);
    expect(await server.agent.endSessions(visitor("ada"))).toBe(3);
    for (const { client, sessionId } of [first, again, elsewhere]) {
      expect((await client.next()).text).toBe(ended(sessionId));
      expect((await client.closed).code).toBe(4401);
    }
    for (const { client, sessionId } of others) await client.quiet(sessionId);
  });

  it("gets no further word, no further model call and no tool: the turn is cancelled once", async () => {
    const server = await runningServer();
    const session = await openSession(server, { ...live, ...as("ada") });
    const { client } = session;
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(session));
    await held.say("Wort");
    await client.until("stream_token");
    await server.agent.endSessions(visitor("ada"));
    expect(outlines([await client.next()])).toEqual(["r cancelled"]);
    expect((await client.next()).text).toBe(ended(session.sessionId));
    expect((await client.closed).code).toBe(4401);
    expect(rowsIn(server.file, `SELECT "state" FROM "Turn"`)).toEqual([{ state: "cancelled" }]);
    expect(server.model.requests).toHaveLength(1);
  });

  it("has no question that somebody could still approve", async () => {
    const runs: unknown[] = [];
    const tool = defineTool({
      name: "refund",
      description: "Pays.",
      confirm: true,
      execute: (args) => void runs.push(args),
    });
    const server = await runningServer({ tools: [tool] });
    const session = await openSession(server, as("ada"));
    server.model.script(calls({ name: "refund" }), says("Done."));
    session.client.send(send(session));
    await session.client.until("write_confirmation_required");
    await server.agent.endSessions(visitor("ada"));
    expect((await session.client.closed).code).toBe(4401);
    const { decisions } = await server.agent.decisions();
    expect(decisions).toMatchObject([{ approved: false, decidedBy: "system", outcome: "denied" }]);
    const { conversationId } = session;
    const back = await openSession(server, { ...as("ada"), conversationId });
    expect(at(back.created, "data.activeTurn")).toBeNull();
    const { sessionId } = back;
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
    expect(outline(await back.client.ask(verdict))).toBe("v error NO_PENDING_CONFIRMATION");
    expect(runs).toEqual([]);
  });

  it("has no turn that the next process takes up, when this one died in between", async () => {
    const runs: unknown[] = [];
    const tool = defineTool({
      name: "pay",
      description: "Pays.",
      idempotent: true,
      execute: (args) => void runs.push(args),
    });
    const first = await runningServer({ limits: { drainMs: 0 } });
    const session = await openSession(first, as("ada"));
    const held = heldAnswer();
    first.model.script(held.answer);
    await session.client.ask(send(session));
    await first.model.request(0);
    await first.stop();
    writeIn(first.file, `UPDATE "Session" SET "status" = 'ended'`);
    const second = await runningServer({
      file: first.file,
      tools: [tool],
      model: (model) => model.script(calls({ name: "pay" }), says("Paid.")),
    });
    expect(await stateOfTurns(second)).toEqual(["cancelled"]);
    expect(second.model.requests).toHaveLength(0);
    expect(runs).toEqual([]);
  });
});

describe("the end of an organization's sessions", () => {
  it("is that of its own alone", async () => {
    const agents = {
      shop: { allowedOrigins: ["*"], organizationId: "acme" },
      other: { allowedOrigins: ["*"], organizationId: "umbrella" },
    };
    const server = await runningServer({ agents });
    const acme = [await openSession(server), await openSession(server)];
    const umbrella = await openSession(server, { agentId: "other" });
    const all = { kind: "organization", organizationId: "acme" } as const;
    expect(await server.agent.endSessions(all)).toBe(2);
    for (const { client } of acme) expect((await client.closed).code).toBe(4401);
    await umbrella.client.quiet(umbrella.sessionId);
  });
});

describe("an end that races", () => {
  it("a resume fifty times: it is refused, or sent away", async () => {
    const server = await runningServer();
    for (let round = 0; round < 50; round += 1) {
      const session = await openSession(server);
      const tab = await server.connect();
      const { sessionId, sessionToken } = session;
      tab.send({ action: "resume_session", requestId: "resume", sessionId, sessionToken });
      for (let hop = 0; hop < round % 12; hop += 1) await setImmediate();
      await server.agent.endSessions(one(sessionId));
      expect((await session.client.closed).code).toBe(4401);
      const answer = await tab.next();
      if (answer.type === "error") {
        expect(outline(answer)).toBe("resume error SESSION_NOT_FOUND");
        expect(outline(await tab.ask(send(session)))).toBe("r error SESSION_NOT_FOUND");
      } else {
        expect((await tab.closed).code).toBe(4401);
      }
      await tab.close();
    }
    expect(rowsIn(server.file, `SELECT * FROM "Turn"`)).toEqual([]);
  });

  it("a message fifty times: it is refused, or its turn is cancelled, once", async () => {
    const server = await runningServer({ limits: UNHURRIED });
    for (let round = 0; round < 50; round += 1) {
      const session = await openSession(server);
      await createSession(session.client);
      server.model.script(heldAnswer().answer);
      session.client.send(send(session));
      for (let hop = 0; hop < round % 25; hop += 1) await setImmediate();
      await server.agent.endSessions(one(session.sessionId));
      // Behind the message, in its lane.
      const behind = { action: "get_session", requestId: "g", sessionId: session.sessionId };
      session.client.send(behind);
      const frames = await untilRequest(session.client, "g");
      const told = outlines(frames).slice(0, -1);
      expect([
        ["r error SESSION_NOT_FOUND"],
        ["r: Processing your request...", "r cancelled"],
      ]).toContainEqual(told);
      const turns = rowsIn(
        server.file,
        `SELECT "state" FROM "Turn" WHERE "sessionId" = '${session.sessionId}'`,
      );
      expect(turns).toEqual(told.length === 1 ? [] : [{ state: "cancelled" }]);
      await session.client.close();
    }
  });
});

async function stateOfTurns({ file }: RunningServer): Promise<unknown[]> {
  return rowsIn(file, `SELECT "state" FROM "Turn"`).map((row) => (row as { state: unknown }).state);
}

async function untilRequest(client: CoreClient, requestId: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  do frames.push(await client.next());
  while (frames.at(-1)?.event["requestId"] !== requestId);
  return frames;
}
