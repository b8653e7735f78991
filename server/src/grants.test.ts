import { describe, expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { openSession, resumed, runningServer, SECRET } from "./running-server.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";
import {
  asked,
  confirm,
  kept,
  refundTool,
  refusalOf,
  scriptRefund,
  send,
  SHOWN,
  till,
  type RefundChanges,
  type Till,
} from "./till.fixture.js";

// On a busy machine a server takes seconds to start, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const LONG_AHEAD = "2999-01-01T00:00:00.000+00:00";
const REMEMBERED: RefundChanges = { remember: "conversation" };
const as = (userId: string) => signAuthContext({ userId, secret: SECRET });

/** Approves a refund once and for all; what the tab is told of it. */
async function granted({ server, session }: Pick<Till, "server" | "session">, more = {}) {
  const { client, sessionId } = session;
  scriptRefund(server);
  const { question, toolCallId } = await asked(session);
  expect(at(question, "data.data.remember")).toBe(true);
  const ack = await client.ask(confirm(sessionId, "v", { remember: true, ...more }));
  await client.rest();
  const grants = at(ack, "data.grants") as { grantId: string }[];
  const grantId = grants.at(-1)?.grantId ?? "";
  return { grants, grantId, toolCallId };
}

/** Sends a message whose answer wants a refund: whether it was asked about. */
async function isAsked({ server, session }: Till, requestId: string, over = {}) {
  const { client, sessionId } = session;
  scriptRefund(server, over);
  client.send(send(sessionId, requestId));
  const frames = await client.until("write_confirmation_required", "eventual_response");
  return frames.at(-1)?.type === "write_confirmation_required";
}

const revoke = (sessionId: string, grantId: string, requestId = "g") => ({
  action: "revoke_grant",
  requestId,
  sessionId,
  grantId,
});

describe("what is remembered", () => {
  it("is answered, told to other tabs, listed on resume, and runs the next call unasked", async () => {
    const given = await till(REMEMBERED);
    const { server, refunds, session } = given;
    const { client, sessionId } = session;
    const tab = (await resumed(server, session, { supports: ["live"] })).client;
    const { grants, grantId, toolCallId } = await granted(given);
    expect(grants).toEqual([
      {
        grantId,
        toolName: "issue_refund",
        title: "Refund",
        summary: "Refund $50.00 on order 1234",
        grantedAt: expect.any(Number) as number,
      },
    ]);
    const told = (await tab.until("grants_changed")).at(-1) as Frame;
    expect(at(told, "data")).toEqual({ grants });
    const { answer } = await resumed(server, session);
    expect(at(answer, "data.grants")).toEqual(grants);
    scriptRefund(server, { orderId: "5" });
    client.send(send(sessionId, "r2"));
    expect(outlines(await client.rest())).toEqual([
      "r2: Processing your request...",
      "call issue_refund",
      "result issue_refund",
      '"Done."',
      "r2 eventual_response",
    ]);
    expect(refunds).toEqual([SHOWN, { ...SHOWN, orderId: "5" }]);
    const history = await client.ask({
      action: "get_conversation_messages",
      sessionId,
      include: ["turns"],
    });
    const [item] = at(history, "data.messages.0.toolCalls") as Record<string, unknown>[];
    expect(item?.["decision"]).toMatchObject({ approved: true, by: "grant" });
    const { decisions } = await server.agent.decisions();
    expect(decisions).toMatchObject([
      { approved: true, decidedBy: "grant", grantId, sessionId, outcome: "succeeded" },
      { approved: true, decidedBy: "visitor", grantId: null, toolCallId },
    ]);
  });

  it("holds no character that a database refuses", async () => {
    const confirm = () => ({ title: "Re\0fund", summary: "all\ud800" });
    const { grants } = await granted(await till({ ...REMEMBERED, confirm }));
    expect(grants).toMatchObject([{ title: "Refund", summary: "all\ufffd" }]);
  });

  it.each([
    ["is not offered", {}],
    ["is of high risk", { risk: "high" }],
  ] as [string, RefundChanges][])("is refused where it %s", async (_, over) => {
    const { server, refunds, session } = await till(over);
    scriptRefund(server);
    await asked(session);
    const before = kept(server);
    const answer = await session.client.ask(confirm(session.sessionId, "v", { remember: true }));
    expect(refusalOf(answer)).toBe("VALIDATION_ERROR: remember is not offered for this question.");
    expect(kept(server)).toEqual(before);
    expect(refunds).toEqual([]);
  });

  it("is asked again once it was revoked; unknown and foreign ones look the same", async () => {
    const given = await till(REMEMBERED);
    const { server, session } = given;
    const { client, sessionId } = session;
    const { grantId } = await granted(given);
    const stranger = await openSession(server);
    const answers = [];
    for (const id of [grantId, "unknown"]) {
      const { text } = await stranger.client.ask(revoke(stranger.sessionId, id));
      answers.push(text.replace(id, "ID").replace(stranger.sessionId, "SESSION"));
    }
    const foreign = await stranger.client.ask(revoke(sessionId, grantId));
    expect(textAt(foreign, "error.code")).toBe("SESSION_NOT_FOUND");
    expect(await isAsked(given, "r2"), "it still holds").toBe(false);
    const tab = (await resumed(server, session, { supports: ["live"] })).client;
    for (let n = 0; n < 2; n += 1) {
      const { text } = await client.ask(revoke(sessionId, grantId));
      answers.push(text.replace(grantId, "ID").replace(sessionId, "SESSION"));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toBe(
      `{"type":"immediate_response","requestId":"g","status":200,"message":"Grant revoked",` +
        `"data":{"sessionId":"SESSION","grantId":"ID"},"timestamp":1}`,
    );
    const told = await tab.next();
    expect(told.text).toBe(`{"type":"grants_changed","data":{"grants":[]},"timestamp":1}`);
    await tab.quiet(sessionId);
    await client.quiet(sessionId);
    expect(await isAsked(given, "r3")).toBe(true);
    const { answer } = await resumed(server, session);
    expect(at(answer, "data.grants")).toBeUndefined();
  });

  it("ends where another visitor takes over", async () => {
    for (const open of [{}, { authContext: as("ada") }]) {
      const given = await till(REMEMBERED, {}, { supports: ["live"], ...open });
      const { server, session } = given;
      const { client, sessionId } = session;
      await granted(given);
      const claim = { action: "set_auth_context", requestId: "a", sessionId };
      const answer = await client.ask({ ...claim, authContext: as("bob") });
      expect(textAt(answer, "message")).toBe("Visitor verified");
      expect(at(answer, "data.grants")).toBeUndefined();
      expect(rowsIn(server.file, `SELECT "endedReason" FROM "Grant"`)).toEqual([
        { endedReason: "user_changed" },
      ]);
      // In the conversation that became theirs, or in one of their own: it is asked.
      const own = { ...session, sessionId: textAt(answer, "data.sessionId") };
      expect(await isAsked({ ...given, session: own }, "r2")).toBe(true);
    }
  });

  it("stays where the same visitor says again who they are", async () => {
    const given = await till(REMEMBERED, {}, { supports: ["live"], authContext: as("ada") });
    const { client, sessionId } = given.session;
    const { grants } = await granted(given);
    const again = { action: "set_auth_context", requestId: "a", sessionId };
    const answer = await client.ask({ ...again, authContext: as("ada") });
    expect(at(answer, "data.grants")).toEqual(grants);
    expect(await isAsked(given, "r2")).toBe(false);
  });

  it("does not hold in another conversation of the same visitor", async () => {
    const given = await till(REMEMBERED, {}, { supports: ["live"], authContext: as("ada") });
    await granted(given);
    const session = await openSession(given.server, { authContext: as("ada") });
    expect(await isAsked({ ...given, session }, "r")).toBe(true);
  });

  it("holds for the visitor who gave it alone", async () => {
    const given = await till(REMEMBERED, {}, { supports: ["live"], authContext: as("ada") });
    await granted(given);
    for (const userId of ["'bob'", "NULL"]) {
      writeIn(given.server.file, `UPDATE "Grant" SET "userId" = ${userId}`);
      expect(await isAsked(given, `r${userId}`)).toBe(true);
      const { client, sessionId } = given.session;
      await client.next();
      client.send(confirm(sessionId, `v${userId}`, { approved: false }));
      await client.rest();
    }
  });

  it("of somebody whom a code proved is theirs alone, in a session that stays nobody's", async () => {
    const given = await till(REMEMBERED);
    const { server, session } = given;
    const prove = (who: string) =>
      writeIn(
        server.file,
        `UPDATE "Session" SET "authenticatedAs" = ${who}, "authenticatedUntil" = '${LONG_AHEAD}'`,
      );
    prove("'jane'");
    await granted(given);
    expect(await isAsked(given, "r2")).toBe(false);
    expect(rowsIn(server.file, `SELECT "userId" FROM "Grant"`)).toEqual([{ userId: "jane" }]);
    for (const who of ["'bob'", "NULL"]) {
      prove(who);
      expect(await isAsked(given, `r${who}`)).toBe(true);
      await session.client.next();
      session.client.send(confirm(session.sessionId, `v${who}`, { approved: false }));
      await session.client.rest();
    }
  });

  it("does not hold once the tool is of high risk, or offers it no more", async () => {
    for (const later of [{ risk: "high" }, {}] as RefundChanges[]) {
      const refunds: unknown[] = [];
      let tools = [refundTool(refunds, REMEMBERED)];
      const server = await runningServer({ toolProvider: () => tools });
      const given = { server, refunds, session: await openSession(server) };
      await granted(given);
      expect(await isAsked(given, "r2")).toBe(false);
      tools = [refundTool(refunds, later)];
      expect(await isAsked(given, "r3")).toBe(true);
    }
  });

  it("is a visitor's own word: the host's policy may want it asked all the same", async () => {
    const policy: { verdict?: "ask" } = {};
    const given = await till(REMEMBERED, { toolPolicy: () => policy.verdict });
    await granted(given);
    expect(await isAsked(given, "r2")).toBe(false);
    policy.verdict = "ask";
    expect(await isAsked(given, "r3")).toBe(true);
  });
});

describe("what is covered", () => {
  const covers: RefundChanges["covers"] = (args, approved) =>
    args.orderId === approved.orderId && args.amount <= approved.amount;
  const bounded: RefundChanges = { ...REMEMBERED, covers };

  it.each([
    [{ amount: 49 }, false],
    [{ amount: 50 }, false],
    [{ amount: 51 }, true],
    [{ orderId: "5", amount: 1 }, true],
  ])(
    "is what the tool says, against what was approved: %j is asked: %s",
    async (over, expected) => {
      const given = await till(bounded);
      await granted(given);
      expect(await isAsked(given, "r2", over)).toBe(expected);
    },
  );

  it("is bounded by what was approved, not by what the model had wanted", async () => {
    const given = await till(bounded);
    await granted(given, { arguments: { ...SHOWN, amount: 20 } });
    expect(given.refunds).toEqual([{ ...SHOWN, amount: 20 }]);
    const [grant] = rowsIn(given.server.file, `SELECT * FROM "Grant"`);
    expect(grant).toMatchObject({
      summary: "Refund $20.00 on order 1234",
      arguments: JSON.stringify({ ...SHOWN, amount: 20 }),
    });
    expect(await isAsked(given, "r2", { amount: 20 })).toBe(false);
    expect(await isAsked(given, "r3", { amount: 21 })).toBe(true);
  });

  it("is judged by copies: nothing that the tool does to them changes what runs", async () => {
    const given = await till({
      ...REMEMBERED,
      covers(args) {
        Object.assign(args, { amount: 99 });
        return true;
      },
    });
    await granted(given);
    expect(await isAsked(given, "r2"), "what throws covers nothing").toBe(true);
    expect(given.refunds).toEqual([SHOWN]);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["says nothing", () => undefined],
    ["says something else than yes", () => 1],
    ["promises something else than yes", () => Promise.resolve("yes")],
  ])("is nothing where the tool %s", async (_, answer) => {
    const given = await till({ ...REMEMBERED, covers: answer as () => boolean });
    await granted(given);
    expect(await isAsked(given, "r2")).toBe(true);
  });
});
