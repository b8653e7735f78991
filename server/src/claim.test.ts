import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import {
  at,
  outline,
  outlines,
  textAt,
  type CoreClient,
  type Frame,
} from "./core-client.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import {
  createSession,
  openSession,
  resumed,
  runningServer,
  SECRET,
  SHOP,
  sessionOf,
  type Opened,
} from "./running-server.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";
import { defineTool } from "./tools/tool.js";

const NOBODY = "00000000-0000-4000-8000-000000000000";
let signatures = 0;
/** A signature of its own each time: one opens five sessions at most. */
const signed = (userId: string, secret = SECRET) => {
  const now = new Date(Date.now() - (signatures++ % 50) * 1_000);
  return signAuthContext({ userId, secret, now });
};
const as = (userId: string) => ({ authContext: signed(userId) });
const codeOf = (frame: Frame) => at(frame, "error.code");
const verify = (sessionId: string, authContext: unknown) => ({
  action: "set_auth_context",
  requestId: "v",
  sessionId,
  authContext,
});
const claim = ({ client, sessionId }: Pick<Opened, "client" | "sessionId">, userId: string) =>
  client.ask(verify(sessionId, signed(userId)));
const listed = async (client: CoreClient) =>
  at(await client.ask({ action: "list_conversations" }), "data.conversations") as {
    conversationId: string;
  }[];

/** The shop's policy from a host that answers only when a test lets it, once that is asked for. */
function heldPolicies() {
  const held: (() => void)[] = [];
  let isHeld = false;
  const policies = async () => {
    if (isHeld) await new Promise<void>((release) => held.push(release));
    return { allowedOrigins: [SHOP], secret: SECRET };
  };
  return { policies, held, hold: (is: boolean) => void (isHeld = is) };
}

describe("a visitor who logs in in the middle", () => {
  it("goes on with the same session, and owns the conversation from then on", async () => {
    const server = await runningServer();
    const opened = await openSession(server, { userName: "Guest", supports: ["live"] });
    const { client, sessionId, conversationId } = opened;
    server.model.script(says("Hello."), says("Again."));
    const send = { action: "send_message", requestId: "r1", sessionId, message: "hi" };
    await client.ask(send);
    await client.rest();
    const answer = await claim(opened, "ada");
    expect(outline(answer)).toBe("v: Visitor verified");
    expect(Object.keys(at(answer, "data") as object)).toEqual([
      ...Object.keys(at(opened.created, "data") as object),
      "activeTurn",
      "lastTurn",
    ]);
    for (const id of ["sessionId", "conversationId", "userParticipantId", "agentParticipantId"]) {
      expect(at(answer, `data.${id}`)).toBe(at(opened.created, `data.${id}`));
    }
    expect(at(answer, "data.activeTurn")).toBeNull();
    expect(at(answer, "data.lastTurn.requestId")).toBe("r1");
    await client.ask({ ...send, requestId: "r2" });
    await client.rest();
    const phone = await openSession(server, { ...as("ada"), conversationId });
    expect(phone.conversationId).toBe(conversationId);
    expect(at(phone.created, "data.userParticipantId")).toBe(at(answer, "data.userParticipantId"));
    expect(await listed(phone.client)).toMatchObject([{ conversationId, messageCount: 4 }]);
    const { sessionToken } = sessionOf(answer);
    const back = await resumed(server, { sessionId, sessionToken });
    expect(outline(back.answer)).toBe("resume: Session resumed");
    expect(await listed(back.client)).toMatchObject([{ conversationId }]);
  });

  it("leaves whoever kept what opened the anonymous session outside", async () => {
    const server = await runningServer();
    const opened = await openSession(server);
    const { sessionId, sessionToken } = opened;
    const kept = await resumed(server, { sessionId, sessionToken });
    const answer = await claim(opened, "ada");
    expect(await kept.client.closed).toMatchObject({ code: 1012 });
    expect(kept.client.frames).toHaveLength(1);
    const stranger = await resumed(server, { sessionId, sessionToken });
    const unknown = await resumed(server, { sessionId: NOBODY, sessionToken });
    expect(codeOf(stranger.answer)).toBe("SESSION_NOT_FOUND");
    expect(stranger.answer.text).toBe(unknown.answer.text);
    // The visitor's own connection goes on, and so does their other tab with the token that it was given.
    await opened.client.quiet(sessionId);
    const own = { sessionId, sessionToken: sessionOf(answer).sessionToken };
    const tab = await resumed(server, own);
    expect(outline(tab.answer)).toBe("resume: Session resumed");
    // Said once more of the same visitor, nobody is sent away.
    expect(outline(await claim(opened, "ada"))).toBe("v: Visitor verified");
    await tab.client.quiet(sessionId);
    expect(outline((await resumed(server, own)).answer)).toBe("resume: Session resumed");
  });

  it("is not joined by who took the anonymous session up while that was being decided", async () => {
    const { policies, hold, held } = heldPolicies();
    const server = await runningServer({ policies });
    const opened = await openSession(server);
    const { sessionId, sessionToken } = opened;
    const late = await server.connect();
    hold(true);
    const resume = { action: "resume_session", requestId: "s", sessionId, sessionToken };
    late.send(resume);
    await expect.poll(() => held.length).toBe(1);
    hold(false);
    expect(outline(await claim(opened, "ada"))).toBe("v: Visitor verified");
    held[0]?.();
    const refused = await late.next();
    expect(refused.text).toBe((await late.ask({ ...resume, sessionId: NOBODY })).text);
    expect(codeOf(refused)).toBe("SESSION_NOT_FOUND");
    const history = { action: "get_conversation_messages", requestId: "h", sessionId };
    expect(codeOf(await late.ask(history))).toBe("SESSION_NOT_FOUND");
    await opened.client.quiet(sessionId);
  });

  it("with a session that ended while the host was asked has it no more, and owns nothing", async () => {
    const { policies, hold, held } = heldPolicies();
    const server = await runningServer({ policies });
    const { client, sessionId } = await openSession(server);
    hold(true);
    client.send(verify(sessionId, signed("ada")));
    await expect.poll(() => held.length).toBe(1);
    // Another process ends it: nobody here is told.
    writeIn(server.file, `UPDATE "Session" SET "status" = 'ended', "endedReason" = 'revoked'`);
    held[0]?.();
    const refused = await client.next();
    expect(refused.text).toBe((await client.ask(verify(NOBODY, signed("ada")))).text);
    expect(codeOf(refused)).toBe("SESSION_NOT_FOUND");
    const rows = rowsIn(server.file, `SELECT "ownerId" FROM "Conversation"`);
    expect(rows).toEqual([{ ownerId: null }]);
  });

  it("again changes nothing, however often, and a conversation of their own neither", async () => {
    const server = await runningServer();
    const anonymous = await openSession(server);
    const own = await openSession(server, as("ada"));
    for (const opened of [anonymous, own, anonymous, own]) {
      const answer = await claim(opened, "ada");
      expect(sessionOf(answer)).toMatchObject({
        sessionId: opened.sessionId,
        conversationId: opened.conversationId,
      });
    }
    expect(await listed(own.client)).toHaveLength(2);
  });

  it("is the visitor whom the tools see, that of the turn that waits for an approval too", async () => {
    const seen: unknown[] = [];
    const refund = defineTool({
      name: "issue_refund",
      description: "Pays.",
      confirm: true,
      execute: (_args, { visitor }) => void seen.push(visitor),
    });
    const server = await runningServer({ tools: [refund] });
    const opened = await openSession(server);
    const { client, sessionId, conversationId } = opened;
    server.model.script(calls({ name: "issue_refund" }), says("Paid."));
    client.send({ action: "send_message", requestId: "r", sessionId, message: "refund" });
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    await client.next();
    const answer = await claim(opened, "ada");
    expect(at(answer, "data.activeTurn.pending")).toEqual(at(question, "data.data"));
    const toolCallId = textAt(question, "data.data.toolCallId");
    const verdict = { action: "confirm_tool_action", requestId: "y", sessionId, toolCallId };
    client.send({ ...verdict, approved: true });
    expect(outlines(await client.rest())).toEqual([
      "y: Tool action approved",
      "result issue_refund",
      '"Paid."',
      "r eventual_response",
    ]);
    expect(seen).toEqual([{ userId: "ada" }]);
    const { decisions } = await server.agent.decisions({ conversationId });
    expect(decisions).toMatchObject([{ userId: "ada", approved: true }]);
  });

  it("loses no token of the running answer and hears none twice", async () => {
    const server = await runningServer();
    const opened = await openSession(server);
    const { client, sessionId } = opened;
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    await held.say("a");
    await client.next();
    const rounds = 12;
    for (let round = 0; round < rounds; round += 1) {
      client.send(verify(sessionId, signed("ada")));
      await held.say(`${round},`, "b,");
    }
    await held.finish();
    const frames = await client.rest();
    while (frames.filter(({ type }) => type === "immediate_response").length < rounds) {
      frames.push(await client.next());
    }
    let told = "a";
    for (const frame of frames) {
      if (frame.type === "stream_token") told += textAt(frame, "token");
      const snapshot = at(frame, "data.activeTurn.items.0.text");
      if (snapshot !== undefined) expect(snapshot).toBe(told);
    }
    const whole = Array.from({ length: rounds }, (_, round) => `${round},b,`).join("");
    expect(told).toBe(`a${whole}`);
    expect(frames.filter(({ type }) => type === "eventual_response")).toHaveLength(1);
  });

  it("is refused with one text when anything is wrong, and nothing changes", async () => {
    const agents = {
      shop: { allowedOrigins: [SHOP], secret: SECRET },
      desk: { allowedOrigins: [SHOP], secret: "another secret" },
      open: { allowedOrigins: [SHOP] },
    };
    const server = await runningServer({ agents });
    const opened = await openSession(server);
    const { client, sessionId, conversationId } = opened;
    const wrong: unknown[] = [
      null,
      {},
      "ada",
      [],
      { ...signed("ada"), userId: "bob" },
      signed("ada", "another secret"),
      signAuthContext({ userId: "ada", secret: SECRET, now: new Date(Date.now() - 90_000) }),
    ];
    const error = `{"code":"AUTH_CONTEXT_INVALID","message":"The visitor's sign-in could not be verified."}`;
    const refused = `{"type":"error","requestId":"v","error":${error},"data":{"requestId":"v","error":${error}},"timestamp":1}`;
    for (const authContext of wrong) {
      expect((await client.ask(verify(sessionId, authContext))).text).toBe(refused);
    }
    for (const agentId of ["desk", "open"]) {
      const other = await createSession(client, { agentId });
      expect((await client.ask(verify(other.sessionId, signed("ada")))).text).toBe(refused);
    }
    const ada = await openSession(server, { ...as("ada"), conversationId });
    expect(ada.conversationId, "nobody owns it").not.toBe(conversationId);
    expect(outline(await client.ask({ action: "get_session", requestId: "g", sessionId }))).toBe(
      "g: Session",
    );
  });

  it("uses up a signature like a session that it opens", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    const authContext = signed("ada");
    const answers: string[] = [];
    for (let use = 0; use < 6; use += 1) {
      answers.push(outline(await client.ask(verify(sessionId, authContext))));
    }
    const verified = "v: Visitor verified";
    expect(answers).toEqual([
      ...Array.from({ length: 5 }, () => verified),
      "v error AUTH_CONTEXT_INVALID",
    ]);
  });

  it("with the session of another connection gets the bytes of one that does not exist", async () => {
    const server = await runningServer();
    const opened = await openSession(server);
    const stranger = await openSession(server, as("eve"));
    const unknown = await stranger.client.ask(verify(NOBODY, signed("eve")));
    expect(codeOf(unknown)).toBe("SESSION_NOT_FOUND");
    const foreign = await stranger.client.ask(verify(opened.sessionId, signed("eve")));
    expect(foreign.text).toBe(unknown.text);
    expect(outline(await claim(opened, "ada"))).toBe("v: Visitor verified");
  });
});

describe("another visitor at the same connection", () => {
  it("gets a session and a conversation of their own, and hears no more of the earlier one", async () => {
    const server = await runningServer();
    const ada = await openSession(server, { ...as("ada"), supports: ["live"] });
    const { client, sessionId, conversationId } = ada;
    const phone = await openSession(server, { ...as("ada"), conversationId, supports: [] });
    const held = heldAnswer();
    server.model.script(held.answer, says("Hello Bob."));
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "secret" });
    await held.say("Dear Ada");
    await client.next();
    await phone.client.next();
    const answer = await claim(ada, "bob");
    expect(outline(answer)).toBe("v: Visitor verified");
    const bob = sessionOf(answer);
    expect(bob.sessionId).not.toBe(sessionId);
    expect(bob.conversationId).not.toBe(conversationId);
    expect(at(answer, "data.userParticipantId")).not.toBe(
      at(ada.created, "data.userParticipantId"),
    );
    expect([at(answer, "data.activeTurn"), at(answer, "data.lastTurn")]).toEqual([null, null]);
    await held.say(" and more");
    await held.finish();
    expect(outlines(await phone.client.rest())).toEqual(['" and more"', "r eventual_response"]);
    for (const action of ["get_session", "get_conversation_messages"]) {
      const [old, unknown] = [
        await client.ask({ action, requestId: "g", sessionId }),
        await client.ask({ action, requestId: "g", sessionId: NOBODY }),
      ];
      expect(codeOf(old)).toBe("SESSION_NOT_FOUND");
      expect(old.text).toBe(unknown.text);
    }
    expect(await listed(client)).toMatchObject([{ conversationId: bob.conversationId }]);
    const rename = { action: "rename_conversation", conversationId, title: "x" };
    expect(codeOf(await client.ask(rename))).toBe("CONVERSATION_NOT_FOUND");
    const send = { action: "send_message", requestId: "r", message: "hi" };
    await client.ask({ ...send, sessionId: bob.sessionId });
    expect(outlines(await client.rest())).toEqual(['"Hello Bob."', "r eventual_response"]);
    expect(JSON.stringify(server.model.requests.at(-1)?.body)).not.toContain("secret");
    // What the session declared goes on with the new one.
    const tab = await resumed(server, bob);
    server.model.script(says("Yes."));
    await tab.client.ask({ ...send, requestId: "r2", sessionId: bob.sessionId });
    expect(outline(await client.next())).toBe("r2 turn_started");
    // Elsewhere the earlier visitor's session goes on.
    expect(outline((await resumed(server, ada)).answer)).toBe("resume: Session resumed");
  });

  it("ends no session of the earlier one that holds the same conversation", async () => {
    const server = await runningServer();
    const ada = await openSession(server, as("ada"));
    const { client, conversationId } = ada;
    const second = await createSession(client, { ...as("ada"), conversationId });
    expect(second.conversationId).toBe(conversationId);
    await claim(ada, "bob");
    server.model.script(says("Hello."));
    const { sessionId } = second;
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    expect(outlines(await client.rest())).toEqual(['"Hello."', "r eventual_response"]);
  });
});

describe("two visitors at once in one conversation of nobody", () => {
  it("exactly one owns it, and the others never see it again", async () => {
    const server = await runningServer();
    for (let round = 0; round < 10; round += 1) {
      const opened = await openSession(server);
      const { sessionId, conversationId } = opened;
      const users = ["ada", "bob", "eve"];
      const tabs = [
        { client: opened.client, sessionId },
        ...(await Promise.all(users.slice(1).map(() => resumed(server, opened)))).map(
          ({ client }) => ({ client, sessionId }),
        ),
      ];
      const answers = await Promise.all(
        tabs.map((tab, n) => claim(tab, users[(n + round) % 3] ?? "").catch(() => null)),
      );
      const won = answers.filter((answer) => answer && at(answer, "data.sessionId") === sessionId);
      expect(won).toHaveLength(1);
      // Whoever came later has a conversation of their own, or was sent away to come back for one.
      const told = answers.filter((answer) => answer !== null);
      const conversations = told.map((answer) => textAt(answer, "data.conversationId"));
      expect(new Set(conversations).size).toBe(told.length);
      for (const [n, { client }] of tabs.entries()) {
        if (answers[n] === null) expect((await client.closed).code).toBe(1012);
      }
      const owners: string[] = [];
      for (const userId of users) {
        const { client } = await openSession(server, as(userId));
        const own = (await listed(client)).map((each) => each.conversationId);
        if (own.includes(conversationId)) owners.push(userId);
        await client.close();
      }
      expect(owners).toEqual([users[(answers.indexOf(won[0] as Frame) + round) % 3]]);
      for (const { client } of tabs) await client.close();
    }
  });
});
