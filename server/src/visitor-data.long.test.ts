import { setImmediate } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { outlines, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SECRET,
  type Opened,
  type RunningServer,
} from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";
import { defineTool } from "./tools/tool.js";

// Cut off late: on a busy machine the disk is slow, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const organizationId = "default";
const USER = "customer-4711";
/** Stands wherever a visitor can put a text. */
const MARK = "xyzzy-marker";
const as = (userId: string) => ({
  authContext: signAuthContext({ userId, secret: SECRET }),
  userName: `${MARK} ${userId}`,
  userEmail: `${MARK}@example.com`,
  metadata: { note: MARK, userId },
  supports: ["live", "identity_form", MARK],
});
/** What a form asks for, and where the answer's words stand. */
const FORM = {
  name: "request_identity_intake",
  arguments: { fields: ["phone", { key: "name", required: false, label: MARK }], reason: MARK },
};
const PHONE = "+4930123456789";
const send = (sessionId: string, requestId: string) => ({
  action: "send_message",
  requestId,
  sessionId,
  message: `${MARK} hello`,
});

const refund = () => {
  const runs: unknown[] = [];
  const tool = defineTool({
    name: "refund",
    description: "Pays.",
    confirm: true,
    editable: ["note"],
    remember: "conversation",
    parameters: { type: "object", properties: { note: { type: "string" } } },
    execute: (args) => {
      runs.push(args);
      return `${MARK} paid`;
    },
  });
  return { runs, tool };
};

/** A conversation of several turns: a denied call, one approved once and for all and changed, one that was stopped, plain words. */
async function converse(server: RunningServer, { client, sessionId }: Opened): Promise<void> {
  const call = calls({ name: "refund", arguments: { note: MARK } });
  for (const approved of [false, true]) {
    server.model.script(call, says(`${MARK} done`));
    client.send(send(sessionId, `call-${approved}`));
    await client.until("write_confirmation_required");
    await client.next();
    const verdict = {
      action: "confirm_tool_action",
      requestId: `v-${approved}`,
      sessionId,
      approved,
      ...(approved && { arguments: { note: `${MARK} changed` }, remember: true }),
    };
    client.send({ ...verdict, reason: `${MARK} reason` });
    await client.rest();
  }
  await fillIn(server, client, sessionId);
  const held = heldAnswer();
  server.model.script(held.answer);
  client.send(send(sessionId, "stopped"));
  await held.say(`${MARK} half`);
  await client.until("stream_token");
  client.send({ action: "cancel", requestId: "stopped", sessionId });
  await client.rest();
  server.model.script(says(`${MARK} answer`));
  client.send(send(sessionId, "plain"));
  const end = (await client.rest()).at(-1) as Frame;
  const messageId = textAt(end, "data.data.messageId");
  const rated = { action: "send_feedback", sessionId, messageId, rating: "down" };
  await client.ask({ ...rated, comment: `${MARK} quite wrong` });
}

/** A turn that asks who the visitor is; who can show no form is asked in prose. */
async function fillIn(server: RunningServer, client: CoreClient, sessionId: string): Promise<void> {
  server.model.script(calls(FORM), says(`${MARK} thanks`));
  client.send(send(sessionId, "form"));
  const asked = (await client.until("interaction_required", "eventual_response")).at(-1) as Frame;
  if (asked.type === "eventual_response") return;
  await client.next();
  const interactionId = textAt(asked, "data.data.interactionId");
  const values = { phone: PHONE, name: `${MARK} typed` };
  client.send({ action: "submit_interaction", requestId: "f", sessionId, interactionId, values });
  await client.rest();
}

/** Where a text stands, in every column of every table. */
function found(server: RunningServer, ...texts: string[]): string[] {
  return [...databaseContents(server.file)].flatMap(([table, rows]) =>
    rows.flatMap((row) =>
      Object.entries(row).flatMap(([column, value]) =>
        texts.some((text) => String(value).includes(text)) ? [`${table}.${column}`] : [],
      ),
    ),
  );
}

/** Adds what a ledger and a workflow keep, as a later turn would. */
function addKept({ file }: RunningServer, { conversationId }: Opened, userId: string): void {
  writeIn(
    file,
    `INSERT INTO "UsageEntry" ("id", "organizationId", "agentId", "conversationId", "userId", "purpose",
       "model", "promptTokens", "completionTokens", "costUsd", "at")
     VALUES ('of-${conversationId}', 'default', 'shop', '${conversationId}', '${userId}', 'answer', 'm', 7, 8, 0.5, '2026-01-01T00:00:00.000+00:00');
     INSERT INTO "WorkflowState" ("conversationId", "agentId", "stepId", "holds", "updatedAt")
     VALUES ('${conversationId}', 'shop', '${MARK}', 0, '2026-01-01T00:00:00.000+00:00');
     UPDATE "Conversation" SET "title" = '${MARK}', "handOffReason" = '${MARK}' WHERE "id" = '${conversationId}'`,
  );
}

describe("the deletion of a visitor", () => {
  it("leaves nothing of them in any table, and everything of everybody else", async () => {
    const { tool } = refund();
    const server = await runningServer({ tools: [tool] });
    const mine = await openSession(server, as(USER));
    const elsewhere = await openSession(server, as(USER));
    await converse(server, mine);
    await converse(server, elsewhere);
    addKept(server, mine, USER);
    const before = new Set(found(server, USER, MARK).map((place) => place.split(".")[0]));
    for (const table of ["Conversation", "Participant", "Session", "Message", "TurnStep"]) {
      expect(before, "the search finds what is there").toContain(table);
    }
    for (const table of ["ToolCall", "Decision", "Grant", "UsageEntry", "WorkflowState"]) {
      expect(before).toContain(table);
    }
    expect(before).toContain("Feedback");
    const typed = found(server, PHONE);
    for (const column of ["Participant.phone", "ToolCall.answer", "ToolCall.result"]) {
      expect(typed).toContain(column);
    }
    expect(found(server, MARK)).toContain("ToolCall.interaction");
    expect(await server.agent.deleteVisitor(organizationId, USER)).toEqual({ conversations: 2 });
    for (const { client, sessionId } of [mine, elsewhere]) {
      const last = client.frames.at(-1) as Frame;
      expect(last.text).toBe(
        `{"type":"session_ended","data":{"sessionId":"${sessionId}","reason":"deleted"},"timestamp":1}`,
      );
      expect((await client.closed).code).toBe(4401);
    }
    const ids = [mine, elsewhere].flatMap(({ sessionId }) => [sessionId]);
    expect(found(server, USER, MARK, PHONE, ...ids)).toEqual([]);
    const contents = databaseContents(server.file);
    for (const table of [
      "Conversation",
      "Session",
      "Message",
      "Turn",
      "TurnStep",
      "ToolCall",
      "Grant",
      "Feedback",
    ]) {
      expect({ table, rows: contents.get(table) }).toEqual({ table, rows: [] });
    }
    const { decisions } = await server.agent.decisions();
    expect(
      decisions.map(({ approved }) => approved).toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual([false, false, true, true]);
    const usage = contents.get("UsageEntry") ?? [];
    expect(
      usage.map(({ userId }) => userId),
      "the sums stay",
    ).toEqual(usage.map(() => null));
    expect(usage).toContainEqual(expect.objectContaining({ costUsd: 0.5 }));
    expect(await server.agent.deleteVisitor(organizationId, USER)).toEqual({ conversations: 0 });
  });

  it("touches no other visitor, no anonymous one, and nobody of another organization", async () => {
    const agents = {
      shop: { allowedOrigins: ["*"], secret: SECRET },
      other: { allowedOrigins: ["*"], secret: SECRET, organizationId: "umbrella" },
    };
    const { tool } = refund();
    const server = await runningServer({ agents, tools: [tool] });
    const others = [
      await openSession(server, as("customer-47112")),
      await openSession(server, { supports: ["live"] }),
      await openSession(server, { ...as(USER), agentId: "other" }),
    ];
    for (const other of others) await converse(server, other);
    const before = databaseContents(server.file);
    const mine = await openSession(server, as(USER));
    await converse(server, mine);
    await server.agent.deleteVisitor(organizationId, USER);
    const after = databaseContents(server.file);
    for (const [table, rows] of before) {
      if (table === "AuthContextNonce") continue;
      // Of what was decided and used, the record stays.
      const isKept = table === "Decision" || table === "UsageEntry";
      const kept = isKept ? rows.length : undefined;
      expect({ table, rows: after.get(table)?.slice(0, kept) }).toEqual({ table, rows });
    }
    for (const { client, sessionId } of others) await client.quiet(sessionId);
  });

  it("goes on where a crash came between: what is half gone goes whole", async () => {
    const { tool } = refund();
    const server = await runningServer({ tools: [tool] });
    const mine = await openSession(server, as(USER));
    await converse(server, mine);
    writeIn(
      server.file,
      `PRAGMA foreign_keys = ON;
       UPDATE "Session" SET "status" = 'ended', "endedReason" = 'deleted';
       DELETE FROM "Turn" WHERE "requestId" = 'call-true'`,
    );
    expect(await server.agent.deleteVisitor(organizationId, USER)).toEqual({ conversations: 1 });
    expect(found(server, USER, MARK)).toEqual([]);
  });

  it("stops a turn that streams, and a tool that runs is told to stop and stores nothing more", async () => {
    let finish: (result: string) => void = () => undefined;
    let begun: () => void = () => undefined;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const slow = defineTool({
      name: "slow",
      description: "Takes long.",
      execute: () => {
        begun();
        return new Promise<string>((resolve) => (finish = resolve));
      },
    });
    const server = await runningServer({ tools: [slow] });
    const mine = await openSession(server, as(USER));
    server.model.script(calls({ name: "slow" }), says("never"));
    mine.client.send(send(mine.sessionId, "r"));
    await isBegun;
    expect(await server.agent.deleteVisitor(organizationId, USER)).toEqual({ conversations: 1 });
    finish(`${MARK} late`);
    expect((await mine.client.closed).code).toBe(4401);
    const told = outlines(mine.client.frames);
    expect(told.filter((line) => line === "r cancelled")).toHaveLength(1);
    expect(server.model.requests).toHaveLength(1);
    const other = await openSession(server);
    await other.client.quiet();
    expect(found(server, USER, MARK)).toEqual([]);
  });

  it("races a message and a stream thirty times: no orphan, one end", async () => {
    const server = await runningServer();
    for (let round = 0; round < 30; round += 1) {
      // One signature opens only so many sessions.
      const userId = `${USER}-${round}`;
      const { client, sessionId } = await openSession(server, as(userId));
      const held = heldAnswer();
      server.model.script(held.answer);
      client.send(send(sessionId, "r"));
      if (round % 2 === 0) {
        await held.say("Wort");
        await client.until("stream_token");
      }
      for (let hop = 0; hop < round; hop += 1) await setImmediate();
      const saying = held.say(...Array.from({ length: 20 }, (_, n) => `${MARK} ${n}`));
      await server.agent.deleteVisitor(organizationId, userId);
      expect((await client.closed).code).toBe(4401);
      if (round % 2 === 0) await saying;
      const told = outlines(client.frames);
      const isAccepted = told.includes("r: Processing your request...");
      const ends = told.filter((line) => /^r (cancelled|error|eventual_response)/.test(line));
      if (isAccepted) expect(ends).toEqual(["r cancelled"]);
      else expect([[], ["r error SESSION_NOT_FOUND"]]).toContainEqual(ends);
      expect(found(server, USER, MARK)).toEqual([]);
      for (const table of [
        "Conversation",
        "Participant",
        "Session",
        "Message",
        "Turn",
        "TurnStep",
      ]) {
        expect(rowsIn(server.file, `SELECT * FROM "${table}"`)).toEqual([]);
      }
    }
  });
});

describe("the deletion of a conversation", () => {
  it("is for anonymous ones too, and says whether the organization had it", async () => {
    const server = await runningServer();
    const [gone, stays] = [await openSession(server), await openSession(server)];
    const { conversationId } = gone;
    expect(await server.agent.deleteConversation("other", conversationId)).toBe(false);
    await gone.client.quiet(gone.sessionId);
    expect(await server.agent.deleteConversation(organizationId, "never")).toBe(false);
    expect(await server.agent.deleteConversation(organizationId, conversationId)).toBe(true);
    expect((await gone.client.closed).code).toBe(4401);
    expect(await server.agent.deleteConversation(organizationId, conversationId)).toBe(false);
    expect(found(server, conversationId, gone.sessionId)).toEqual([]);
    await stays.client.quiet(stays.sessionId);
  });
});

describe("the export of a visitor", () => {
  it("is one JSON document with everything, and nothing that opens anything", async () => {
    const { tool } = refund();
    const server = await runningServer({ tools: [tool] });
    const mine = await openSession(server, as(USER));
    await converse(server, mine);
    addKept(server, mine, USER);
    const other = await openSession(server, as("somebody-else"));
    await converse(server, other);
    const text = await exportOf(server, USER);
    const document = JSON.parse(text) as Record<string, Record<string, unknown>[]>;
    expect(document["grants"]).toMatchObject([
      { toolName: "refund", arguments: JSON.stringify({ note: `${MARK} changed` }) },
    ]);
    expect(document["decisions"]).toContainEqual(
      expect.objectContaining({
        arguments: JSON.stringify({ note: MARK }),
        editedArguments: JSON.stringify({ note: `${MARK} changed` }),
      }),
    );
    expect(Object.keys(document)).toEqual([
      ...["organizationId", "userId", "exportedAt", "conversations", "participants"],
      ...["sessions", "messages", "feedback", "turns", "grants", "decisions", "usage"],
    ]);
    expect(document["conversations"]).toMatchObject([{ id: mine.conversationId, title: MARK }]);
    expect(document["messages"]).toHaveLength(10);
    expect(document["feedback"]).toMatchObject([
      { conversationId: mine.conversationId, rating: "down", comment: `${MARK} quite wrong` },
    ]);
    expect(document["turns"]).toHaveLength(5);
    expect(document["participants"]).toContainEqual(expect.objectContaining({ phone: PHONE }));
    expect(JSON.stringify(document["turns"])).toContain(`"answer":"{\\"status\\":\\"submitted\\"`);
    expect(document["decisions"]).toHaveLength(2);
    expect(document["usage"]).toContainEqual(expect.objectContaining({ costUsd: 0.5 }));
    expect(JSON.stringify(document["turns"])).toContain(`${MARK} paid`);
    expect(text).not.toContain(mine.sessionToken);
    expect(text).not.toContain("somebody-else");
    expect(text).not.toContain(other.sessionId);
    const nobody = JSON.parse(await exportOf(server, "nobody")) as Record<string, unknown>;
    expect(nobody).toMatchObject({ userId: "nobody", conversations: [], usage: [] });
  });
});

describe("conversations in which nothing happens any more", () => {
  it("go after retentionDays, with what names their visitors, but for those that wait for an answer", async () => {
    const { tool } = refund();
    const first = await runningServer({ tools: [tool] });
    const [old, fresh] = [await openSession(first, as(USER)), await openSession(first, as("b"))];
    await converse(first, old);
    await converse(first, fresh);
    const parked = await openSession(first, as("c"));
    first.model.script(calls({ name: "refund" }));
    parked.client.send(send(parked.sessionId, "r"));
    await parked.client.until("write_confirmation_required");
    await first.stop();
    const long = "2020-01-01T00:00:00.000+00:00";
    for (const { conversationId } of [old, parked]) {
      writeIn(
        first.file,
        `UPDATE "Conversation" SET "updatedAt" = '${long}' WHERE "id" = '${conversationId}'`,
      );
    }
    writeIn(
      first.file,
      `INSERT INTO "AuthContextNonce" VALUES ('spent', 'https://a.example', 1, '${long}')`,
    );
    const limits = { retentionMs: 5 };
    const server = await runningServer({
      file: first.file,
      tools: [tool],
      retentionDays: 30,
      limits,
    });
    await expect
      .poll(() =>
        found(server, old.conversationId).filter((place) => !/^(Decision|UsageEntry)/.test(place)),
      )
      .toEqual([]);
    expect(found(server, USER, old.sessionId, "spent")).toEqual([]);
    expect(found(server, fresh.conversationId)).toContain("Conversation.id");
    expect(found(server, parked.conversationId)).toContain("Turn.conversationId");
    const { decisions } = await server.agent.decisions({ conversationId: old.conversationId });
    expect(decisions).toMatchObject([{ userId: null }, { userId: null }]);
  });

  it("stay for ever when nothing is said about it", async () => {
    const first = await runningServer();
    const { conversationId } = await openSession(first);
    await first.stop();
    writeIn(first.file, `UPDATE "Conversation" SET "updatedAt" = '2020-01-01T00:00:00.000+00:00'`);
    const server = await runningServer({
      file: first.file,
      limits: { retentionMs: 0, watchMs: 0 },
    });
    const { client, sessionId } = await openSession(server);
    for (let round = 0; round < 50; round += 1) await client.quiet(sessionId);
    expect(found(server, conversationId)).toContain("Conversation.id");
  });
});

async function exportOf(server: RunningServer, userId: string): Promise<string> {
  let text = "";
  for await (const piece of server.agent.exportVisitor(organizationId, userId)) text += piece;
  return text;
}
