import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  at,
  outline,
  outlines,
  textAt,
  type CoreClient,
  type Frame,
} from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { openSession, resumed, runningServer, UNHURRIED } from "./running-server.fixture.js";
import { writeIn } from "./store/database-file.fixture.js";
import { verdict as storeVerdict } from "./store/store.fixture.js";
import { sqliteStore } from "./store/sqlite-store.js";
import {
  asked,
  confirm,
  kept,
  ORDER,
  refundTool,
  refusalOf,
  resultText,
  scriptRefund,
  SHOWN,
  send,
  till,
  type RefundChanges,
} from "./till.fixture.js";
import { argumentsDigest } from "./turn/tool-call.js";

// On a busy machine a server takes seconds to start, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const EDITED = { ...SHOWN, amount: 20 };

describe("a change before approving", () => {
  it("is what runs, what is shown, what is recorded, and what the model is told", async () => {
    const { server, refunds, session } = await till();
    const { client, sessionId } = session;
    const tab = (await resumed(server, session, { supports: ["live"] })).client;
    scriptRefund(server);
    const { question, toolCallId } = await asked(session);
    const shown = at(question, "data.data") as Record<string, unknown>;
    expect(shown).toMatchObject({ editable: ["amount", "note"], arguments: SHOWN });
    client.send(confirm(sessionId, "v", { toolCallId, arguments: EDITED }));
    const frames = await client.rest();
    expect(outlines(frames)).toEqual([
      "v: Tool action approved",
      "result issue_refund",
      '"Done."',
      "r eventual_response",
    ]);
    expect(refunds).toEqual([EDITED]);
    const confirmation = {
      ...shown,
      summary: "Refund $20.00 on order 1234",
      actionDescription: "Refund $20.00 on order 1234",
      fields: [
        { label: "Order", value: "1234" },
        { label: "Amount", value: "$20.00" },
      ],
      arguments: EDITED,
    };
    expect(at(frames[0] as Frame, "data")).toEqual({ sessionId, approved: true, confirmation });
    const told = (await tab.until("eventual_response")).find(
      ({ type }) => type === "confirmation_resolved",
    );
    const resolution = { requestId: "r", toolCallId, approved: true, by: "visitor", confirmation };
    expect(told && at(told, "data")).toEqual(resolution);
    const messages = server.model.requests[1]?.body["messages"] as Record<string, unknown>[];
    expect(messages.at(-1)?.["content"]).toBe(
      `[The visitor changed amount from 50 to 20 before approving this call: it stands as ${JSON.stringify(EDITED)}, not as you wrote it.]\nrefunded`,
    );
    expect(JSON.stringify(messages.at(-2)), "its own words are left").toContain(
      JSON.stringify(JSON.stringify(ORDER)).slice(1, -1),
    );
    const history = await client.ask({
      action: "get_conversation_messages",
      sessionId,
      include: ["turns"],
    });
    const [item] = at(history, "data.messages.0.toolCalls") as Record<string, unknown>[];
    expect(item).toMatchObject({
      arguments: EDITED,
      confirmation,
      decision: {
        approved: true,
        by: "visitor",
        changes: [{ label: "Amount", from: "$50.00", to: "$20.00" }],
      },
    });
    const { decisions } = await server.agent.decisions();
    expect(decisions).toMatchObject([
      {
        toolCallId,
        argumentsDigest: argumentsDigest(JSON.stringify(ORDER)),
        arguments: JSON.stringify(SHOWN),
        editedArguments: JSON.stringify(EDITED),
        editedDigest: argumentsDigest(JSON.stringify(EDITED)),
        decidedBy: "visitor",
        outcome: "succeeded",
      },
    ]);
  });

  it("that changes nothing is none, also once the schema has made it what was shown", async () => {
    for (const same of [SHOWN, { ...SHOWN, note: "  none " }, { orderId: "1234", amount: 50 }]) {
      const { server, refunds, session } = await till();
      scriptRefund(server);
      await asked(session);
      const { client, sessionId } = session;
      const ack = await client.ask(confirm(sessionId, "v", { arguments: same }));
      expect(at(ack, "data")).toEqual({ sessionId, approved: true });
      await client.rest();
      expect(refunds).toEqual([SHOWN]);
      expect(kept(server)["ToolCall"]).toMatchObject([
        { editedArguments: null, originalConfirmation: null },
      ]);
    }
  });

  it("of what no field shows is told by the argument's name", async () => {
    const { server, refunds, session } = await till();
    scriptRefund(server);
    await asked(session);
    const { client, sessionId } = session;
    await client.ask(confirm(sessionId, "v", { arguments: { ...SHOWN, note: "sorry" } }));
    await client.rest();
    expect(refunds).toEqual([{ ...SHOWN, note: "sorry" }]);
    const history = await client.ask({
      action: "get_conversation_messages",
      sessionId,
      include: ["turns"],
    });
    expect(at(history, "data.messages.0.toolCalls.0.decision.changes")).toEqual([
      { label: "Note", from: "none", to: "sorry" },
    ]);
  });

  it("goes through the tool's own question, although with it nothing would be asked", async () => {
    const { server, refunds, session } = await till({
      confirm: ({ amount }) => amount >= 30,
    });
    scriptRefund(server);
    await asked(session);
    const ack = await session.client.ask(confirm(session.sessionId, "v", { arguments: EDITED }));
    expect(at(ack, "data.confirmation")).toMatchObject({
      title: "Issue a refund",
      summary: "Pays money back.",
      arguments: EDITED,
    });
    expect(JSON.stringify(at(ack, "data.confirmation.fields"))).toContain('"value":"20"');
    await session.client.rest();
    expect(refunds).toEqual([EDITED]);
  });
});

const REFUSED: [string, unknown, string][] = [
  ["of what is not editable", { ...SHOWN, orderId: "9" }, "arguments.orderId cannot be changed."],
  ["that adds an argument", { ...EDITED, to: "me" }, "arguments.to cannot be changed."],
  ["that leaves one out", { amount: 20, note: "none" }, "arguments.orderId cannot be changed."],
  ["to nothing at all", {}, "arguments.orderId cannot be changed."],
  [
    "that the schema refuses",
    { ...SHOWN, amount: 101 },
    "arguments.amount: Too big: expected number to be <=100",
  ],
  [
    "to another type",
    { ...SHOWN, amount: "20" },
    "arguments.amount: Invalid input: expected number, received string",
  ],
  ["that the tool refuses", { ...SHOWN, amount: 13 }, "Thirteen dollars are never paid."],
];

describe("a change that is refused", () => {
  it.each(REFUSED)("%s changes no row, and the question waits on", async (_, wanted, problem) => {
    const { server, refunds, session } = await till();
    const { client, sessionId } = session;
    scriptRefund(server);
    const { toolCallId } = await asked(session);
    const before = kept(server);
    const answer = await client.ask(confirm(sessionId, "v", { toolCallId, arguments: wanted }));
    expect(refusalOf(answer)).toBe(`VALIDATION_ERROR: ${problem}`);
    expect(kept(server)).toEqual(before);
    await client.quiet(sessionId);
    expect(refunds).toEqual([]);
    await client.ask(confirm(sessionId, "v2", { toolCallId, arguments: EDITED }));
    await client.rest();
    expect(refunds).toEqual([EDITED]);
  });

  it("is one to a number beyond all numbers, which would be kept as null", async () => {
    const { server, session } = await till();
    scriptRefund(server);
    await asked(session);
    const before = kept(server);
    const wanted = confirm(session.sessionId, "v", { arguments: { ...SHOWN, amount: 77 } });
    session.client.send(JSON.stringify(wanted).replace(":77", ":1e400"));
    expect(refusalOf(await session.client.next())).toBe(
      "VALIDATION_ERROR: arguments hold what is no number.",
    );
    expect(kept(server)).toEqual(before);
  });

  it("is one of too many in a minute, and declining needs none", async () => {
    const { server, session } = await till({}, { limits: { messagesPerMinute: 2 } });
    const { client, sessionId } = session;
    scriptRefund(server);
    await asked(session);
    const wrong = { arguments: { ...SHOWN, amount: 13 } };
    const codes = [];
    for (const requestId of ["v1", "v2", "r"]) {
      const answer = await client.ask(confirm(sessionId, requestId, wrong));
      codes.push([answer.event["requestId"], textAt(answer, "error.code")]);
    }
    expect(codes).toEqual([
      ["v1", "VALIDATION_ERROR"],
      ["v2", "RATE_LIMITED"],
      // Under the turn's own id it would pass for its end.
      [undefined, "RATE_LIMITED"],
    ]);
    const declined = await client.ask(confirm(sessionId, "v3", { approved: false }));
    expect(outlines([declined])).toEqual(["v3: Tool action rejected"]);
  });

  it("is one where the question names nothing as editable", async () => {
    const { server, session } = await till({ editable: [] });
    scriptRefund(server);
    await asked(session);
    const answer = await session.client.ask(confirm(session.sessionId, "v", { arguments: EDITED }));
    expect(refusalOf(answer)).toBe("VALIDATION_ERROR: arguments.amount cannot be changed.");
  });

  it("is one of the host's policy, in its words", async () => {
    const { server, refunds, session } = await till(
      {},
      {
        toolPolicy: ({ args }) =>
          args["amount"] === 20 ? { refuse: "Not twenty today." } : undefined,
      },
    );
    scriptRefund(server);
    await asked(session);
    const before = kept(server);
    const answer = await session.client.ask(confirm(session.sessionId, "v", { arguments: EDITED }));
    expect(refusalOf(answer)).toBe("VALIDATION_ERROR: Not twenty today.");
    expect(kept(server)).toEqual(before);
    expect(refunds).toEqual([]);
  });

  it("looks like no question once it is late, foreign or repeated", async () => {
    const { server, refunds, session } = await till();
    const { client, sessionId } = session;
    scriptRefund(server);
    const { toolCallId } = await asked(session);
    const stranger = await openSession(server);
    const change = { toolCallId, arguments: EDITED };
    for (const id of [stranger.sessionId, sessionId]) {
      const answer = await stranger.client.ask(confirm(id, "v", change));
      expect(textAt(answer, "error.code")).toBe("NO_PENDING_CONFIRMATION");
    }
    const other = await client.ask(confirm(sessionId, "v", { ...change, toolCallId: "other" }));
    expect(textAt(other, "error.code")).toBe("CONFIRMATION_MISMATCH");
    await client.ask(confirm(sessionId, "v1", change));
    await client.rest();
    const before = kept(server);
    const again = await client.ask(
      confirm(sessionId, "v2", { toolCallId, arguments: { ...SHOWN, amount: 40 } }),
    );
    expect(textAt(again, "error.code")).toBe("NO_PENDING_CONFIRMATION");
    expect(kept(server)).toEqual(before);
    expect(refunds).toEqual([EDITED]);
  });

  it("does not come with a decline: nothing runs, and nothing of it is kept", async () => {
    const { server, refunds, session } = await till();
    scriptRefund(server);
    await asked(session);
    const { client, sessionId } = session;
    const no = { approved: false, arguments: EDITED, remember: true };
    const ack = await client.ask(confirm(sessionId, "v", no));
    expect(at(ack, "data")).toEqual({ sessionId, approved: false });
    await client.rest();
    expect(refunds).toEqual([]);
    const { ToolCall, Grant } = kept(server);
    expect(ToolCall).toMatchObject([{ state: "denied", editedArguments: null }]);
    expect(Grant).toEqual([]);
  });

  it("falls on a tool that is gone by now", async () => {
    const refunds: unknown[] = [];
    let tools = [refundTool(refunds)];
    const server = await runningServer({ toolProvider: () => tools });
    const session = await openSession(server, { supports: ["live"] });
    scriptRefund(server);
    await asked(session);
    tools = [];
    const { client, sessionId } = session;
    const answer = await client.ask(confirm(sessionId, "v", { arguments: EDITED }));
    expect(refusalOf(answer)).toBe(
      "VALIDATION_ERROR: This cannot be run any more; it can only be declined.",
    );
    expect(refunds).toEqual([]);
  });

  it("falls on a schema that makes something else of what it was given each time", async () => {
    const { server, session } = await till({
      editable: ["amount"],
      parameters: z
        .object({ orderId: z.string(), amount: z.number(), note: z.string().default("") })
        .transform(({ amount, ...rest }) => ({ ...rest, amount: amount * 100 })),
    });
    scriptRefund(server);
    await asked(session);
    const before = kept(server);
    const answer = await session.client.ask(
      confirm(session.sessionId, "v", { arguments: { orderId: "1234", amount: 2000, note: "" } }),
    );
    expect(refusalOf(answer)).toBe("VALIDATION_ERROR: arguments cannot be changed for this tool.");
    expect(kept(server)).toEqual(before);
  });
});

describe("two tabs that change the same call", () => {
  it("race twenty times: one is what runs, shown and recorded, the other is told so", async () => {
    const { server, refunds, session } = await till(
      {},
      {
        limits: { framesPerSecond: 1_000, gatedCallsPerHour: 1_000, ...UNHURRIED },
      },
    );
    const { client, sessionId } = session;
    const tab = (await resumed(server, session)).client;
    for (let round = 0; round < 20; round += 1) {
      scriptRefund(server);
      client.send(send(sessionId, `r${round}`));
      const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
      await tab.until("write_confirmation_required");
      const toolCallId = textAt(question, "data.data.toolCallId");
      const amounts = new Map<CoreClient, number>([
        [client, 10],
        [tab, 30],
      ]);
      const order = round % 2 === 0 ? [client, tab] : [tab, client];
      for (const each of order) {
        const change = { toolCallId, arguments: { ...SHOWN, amount: amounts.get(each) } };
        each.send(confirm(sessionId, "v", change));
      }
      const answers = await Promise.all([client, tab].map(answerOf));
      const winners = answers.filter(({ type }) => type === "immediate_response");
      expect(winners).toHaveLength(1);
      const amount = at(winners[0] as Frame, "data.confirmation.arguments.amount");
      expect(refunds).toHaveLength(round + 1);
      expect(refunds.at(-1)).toEqual({ ...SHOWN, amount });
    }
  }, 60_000);
});

/** The answer to a tab's own verdict, once the turn has ended too. */
async function answerOf(client: CoreClient): Promise<Frame> {
  const frames: Frame[] = [];
  for (;;) {
    const frame = await client.next();
    frames.push(frame);
    const answer = frames.find(({ event }) => event["requestId"] === "v");
    if (answer && frames.some(({ type }) => type === "eventual_response")) {
      const ack = frames.findIndex((each) => outline(each) === "v: Tool action approved");
      const result = frames.findIndex((each) => outline(each) === "result issue_refund");
      if (ack !== -1) expect(ack).toBeLessThan(result);
      return answer;
    }
  }
}

describe("a restart between the approval and the run", () => {
  /** A server that ended while it asked, and a verdict with a change that was stored after that. */
  async function approvedInBetween() {
    const { server, session } = await till();
    scriptRefund(server);
    const { question, toolCallId } = await asked(session);
    await server.stop();
    const shown = at(question, "data.data") as Record<string, unknown>;
    const store = sqliteStore({ file: server.file });
    await store.open();
    const edited = JSON.stringify(EDITED);
    const decided = await store.decide(
      storeVerdict(
        session.conversationId,
        { id: toolCallId, digest: argumentsDigest(JSON.stringify(ORDER)) },
        {
          now: new Date(),
          owner: "a process that died",
          edit: {
            arguments: edited,
            digest: argumentsDigest(edited),
            confirmation: JSON.stringify({ ...shown, arguments: EDITED }),
            original: JSON.stringify(shown),
          },
        },
      ),
    );
    expect(decided).not.toBeNull();
    await store.close();
    return { file: server.file, session };
  }

  async function takenUp(
    { file, session }: Awaited<ReturnType<typeof approvedInBetween>>,
    over: RefundChanges = {},
  ) {
    const refunds: unknown[] = [];
    const server = await runningServer({
      file,
      tools: [refundTool(refunds, over)],
      model: (model) => model.script(says("Done.")),
    });
    const { client, answer } = await resumed(server, session);
    const frames = at(answer, "data.activeTurn") === null ? [] : await client.rest();
    return { server, refunds, frames };
  }

  it("runs exactly what was approved", async () => {
    const { refunds, server } = await takenUp(await approvedInBetween());
    expect(refunds).toEqual([EDITED]);
    const { decisions } = await server.agent.decisions();
    expect(decisions).toMatchObject([
      { arguments: JSON.stringify(SHOWN), editedArguments: JSON.stringify(EDITED) },
    ]);
  });

  it("runs it again with the same, when it was running and may be repeated", async () => {
    const given = await approvedInBetween();
    writeIn(given.file, `UPDATE "ToolCall" SET "state" = 'executing', "startedAt" = "decidedAt"`);
    const { refunds } = await takenUp(given, { idempotent: true });
    expect(refunds).toEqual([EDITED]);
  });

  it("runs nothing when what is stored is not what was shown", async () => {
    const given = await approvedInBetween();
    const dearer = JSON.stringify({ ...EDITED, amount: 90 });
    writeIn(given.file, `UPDATE "ToolCall" SET "editedArguments" = '${dearer}'`);
    const { refunds, server } = await takenUp(given);
    expect(refunds).toEqual([]);
    expect(JSON.stringify(server.model.requests[0]?.body)).toContain("was changed after");
  });
});

it("a call without changes tells its result as it is", async () => {
  const { server, session } = await till();
  server.model.script(calls({ name: "issue_refund", arguments: ORDER }), says("Done."));
  await asked(session);
  session.client.send(confirm(session.sessionId, "v"));
  const frames = await session.client.rest();
  expect(frames.map(resultText)).toContain("refunded");
  const messages = server.model.requests[1]?.body["messages"] as Record<string, unknown>[];
  expect(messages.at(-1)?.["content"]).toBe("refunded");
});
