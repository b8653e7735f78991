import {
  cancelled,
  confirmationResolved,
  errorFrame,
  eventualResponse,
  keepalive,
  pong,
  streamReasoning,
  streamToken,
  streamToolCall,
  streamToolResult,
  turnSnapshot,
  turnStarted,
  writeConfirmationRequired,
  type ServerEvent,
} from "@smooth-agent/protocol";
import { describe, expect, it } from "vitest";
import { confirmation, reply } from "../client/model-server.fixture.js";
import type { ConversationInput } from "./conversation-input.js";
import type { AgentEntry, ConversationState } from "./conversation-state.js";
import { lines } from "./conversation.fixture.js";
import { EMPTY_CONVERSATION, reduce } from "./reduce.js";

const after = (...inputs: (ConversationInput | ServerEvent)[]): ConversationState =>
  inputs.reduce<ConversationState>(
    (state, input) => reduce(state, "timestamp" in input ? { type: "event", event: input } : input),
    EMPTY_CONVERSATION,
  );

const answerIn = (state: ConversationState) => state.transcript.at(-1) as AgentEntry;
const preamble = (token: string) =>
  ({
    type: "stream_preamble",
    requestId: "r",
    token,
    data: { requestId: "r", token },
    timestamp: 1,
  }) as const;
const end = (text: string) => eventualResponse("r", reply(text, "m1"), 9);
const say = (token: string) => streamToken("r", token, 1);
const call = (id: string) =>
  streamToolCall("r", { toolCallId: id, name: "lookup", arguments: {} }, 2);
const result = (id: string) =>
  streamToolResult("r", { toolCallId: id, name: "lookup", isError: false, result: "42" }, 3);

it("keeps text and tools in their places when the final text is what was streamed", () => {
  const before = after(say("Let me see."), call("t"), result("t"), say("\n\n"), say("Found."));
  const state = reduce(before, { type: "event", event: end("Let me see.\n\nFound.") });
  expect(answerIn(state)).toMatchObject({
    status: "completed",
    at: 9,
    messageId: "m1",
    parts: [
      { text: "Let me see." },
      { name: "lookup", status: "succeeded", result: "42" },
      { text: "\n\nFound." },
    ],
  });
  expect(state.activeTurnId).toBeUndefined();
});

it("replaces what was shown by a final text that differs, shorter or longer", () => {
  const tools = after(say("The card is 4111 1111"), call("t"), end("The card is hidden"));
  expect(answerIn(tools).parts).toMatchObject([{ name: "lookup" }, { text: "The card is hidden" }]);
  expect(lines(after(say("abcdef"), end("abc")))).toEqual(["agent completed: abc"]);
  expect(lines(after(say("abc"), end("abcdef")))).toEqual(["agent completed: abcdef"]);
  expect(answerIn(after(say("abc"), end(""))).parts).toEqual([]);
});

it("keeps the partial text of a turn that was cancelled or failed, and nothing follows", () => {
  const stopped = after(say("half"), cancelled("r", 5), say(" more"), end("half more?"));
  expect(lines(after(say("half"), cancelled("r", 5), say(" more")))).toEqual([
    "agent cancelled: half",
  ]);
  expect(stopped.transcript).toHaveLength(1);
  const error = { code: "AGENT_ERROR", message: "It failed.", retryable: true } as const;
  const failed = after(say("half"), errorFrame("r", error, 5), say(" more"));
  expect(lines(failed)).toEqual(["agent failed: half"]);
  expect(answerIn(failed).error).toEqual(error);
});

it("does not end a turn on an error that ends none, nor on one of nobody", () => {
  const before = after(say("half"));
  for (const code of ["TURN_IN_PROGRESS", "NO_PENDING_CONFIRMATION", "OTP_SEND_FAILED"] as const) {
    const event = errorFrame("r", { code, message: "No.", retryable: true }, 5);
    expect(reduce(before, { type: "event", event })).toBe(before);
  }
  const event = errorFrame(undefined, { code: "VALIDATION_ERROR", message: "No." }, 5);
  expect(reduce(before, { type: "event", event })).toBe(before);
  for (const idle of [keepalive("r", 1), keepalive("unknown", 1), pong("p", 1)]) {
    expect(reduce(before, { type: "event", event: idle })).toBe(before);
  }
});

it("shows a preamble until the answer begins, and reasoning apart", () => {
  const waiting = after(preamble("Let me "), preamble("check."));
  expect(answerIn(waiting).preamble).toBe("Let me check.");
  const thinking = after(preamble("Wait."), streamReasoning("r", "Hm.", 1));
  expect(answerIn(thinking)).toMatchObject({ preamble: "Wait.", parts: [{ type: "reasoning" }] });
  const speaking = reduce(thinking, { type: "event", event: say("So") });
  expect(answerIn(speaking)).not.toHaveProperty("preamble");
  expect(answerIn(speaking).parts).toEqual([
    { type: "reasoning", text: "Hm." },
    { type: "text", text: "So" },
  ]);
});

describe("suggestions", () => {
  const suggesting = (given: unknown, messageId = "m1") => {
    const told = reply("Well.", messageId);
    const response = { ...told.response, suggestedNextActions: given as string[] };
    return eventualResponse("r", { ...told, response }, 9);
  };

  it("come with the end of an answer, at most four, and nothing but texts", () => {
    expect(answerIn(after(say("Well."), suggesting(["Yes", "No"]))).suggestions).toEqual([
      "Yes",
      "No",
    ]);
    const many = after(suggesting(["1", "", 2, null, "3", ["4"], "5", "6", "7"]));
    expect(answerIn(many).suggestions).toEqual(["1", "3", "5", "6"]);
    for (const none of [[], undefined, null, {}, 5, [{}]]) {
      expect(answerIn(after(suggesting(none)))).not.toHaveProperty("suggestions");
    }
  });

  it("are told again for an answer that is shown from the record", () => {
    const content = { items: [], text: "Well." };
    const stored = { id: "m1", conversationId: "c", direction: "outbound", content } as const;
    const messages = [{ ...stored, createdAt: "2026-01-01T00:00:00Z" }];
    const page = { conversationId: "c", messages, nextCursor: null, hasMore: false };
    const record = { type: "history-page", page, newest: true } as const;
    const state = after(record, suggesting(["Yes"]));
    expect(state.transcript).toHaveLength(1);
    expect(answerIn(state).suggestions).toEqual(["Yes"]);
    expect(answerIn(reduce(state, record)).suggestions).toEqual(["Yes"]);
  });
});

it("keeps an answer's sources, from its end and from the record", () => {
  const citations = [{ id: "d", title: "Returns", url: "https://shop.example/returns" }];
  const content = { items: [], text: "Well." };
  const stored = { id: "m1", conversationId: "c", direction: "outbound", content } as const;
  const record = (extension: object) => {
    const messages = [{ ...stored, createdAt: "2026-01-01T00:00:00Z", ...extension }];
    const page = { conversationId: "c", messages, nextCursor: null, hasMore: false };
    return { type: "history-page", page, newest: true } as const;
  };
  const live = after(eventualResponse("r", { ...reply("Well.", "m1"), citations }, 9));
  expect(answerIn(live).citations).toEqual(citations);
  // A server without the extension does not tell them again.
  expect(answerIn(reduce(live, record({}))).citations).toEqual(citations);
  expect(answerIn(after(record({ status: "completed", citations }))).citations).toEqual(citations);
});

it("replaces a turn by its snapshot, even one that was thought to have ended", () => {
  const items = [{ type: "text", text: "all of it" } as const];
  const snapshot = turnSnapshot({ requestId: "r", status: "running", items }, 5);
  const state = after(say("x"), call("t"), snapshot, say("!"));
  expect(lines(state)).toEqual(["agent running: all of it!"]);
  expect(lines(after(say("x"), cancelled("r", 4), snapshot))).toEqual(["agent running: all of it"]);
});

it("keeps the visitor's part in a question through a snapshot", () => {
  const asked = writeConfirmationRequired("r", confirmation("t"), 2);
  const decided = { type: "decided", toolCallId: "t", approved: true, at: 4 } as const;
  const item = {
    type: "tool",
    toolCallId: "t",
    name: "issue_refund",
    arguments: {},
    status: "executing",
    decision: { approved: true, at: 3 },
  } as const;
  const turn = { requestId: "r", status: "running", items: [item] } as const;
  const snapshot = turnSnapshot({ ...turn, items: [item] }, 5);
  expect(answerIn(after(asked, decided, snapshot)).parts).toMatchObject([
    { confirmation: { title: "Refund" }, verdict: { state: "decided", here: true, at: 4 } },
  ]);
  expect(answerIn(after(asked, snapshot)).parts).toMatchObject([
    { verdict: { state: "decided", here: false, at: 3 } },
  ]);
});

it("shows an expired question as gone, and one decided elsewhere as that", () => {
  const asked = writeConfirmationRequired("r", confirmation("t"), 2);
  const resolved = (by: string) =>
    confirmationResolved({ requestId: "r", toolCallId: "t", approved: false, by }, 6);
  expect(answerIn(after(asked, resolved("system"))).parts).toMatchObject([
    { status: "expired", verdict: { state: "gone" } },
  ]);
  expect(answerIn(after(asked, resolved("visitor"))).parts).toMatchObject([
    { status: "denied", verdict: { state: "decided", approved: false, here: false, at: 6 } },
  ]);
});

it.each([
  [{ isError: true, status: "unknown" }, "unknown"],
  [{ isError: true, status: "denied" }, "denied"],
  [{ isError: true, status: "expired" }, "expired"],
  [{ isError: true, status: "executing" }, "failed"],
  [{ isError: true }, "failed"],
  [{ isError: false }, "succeeded"],
] as const)("shows what became of a call: %j is %s", (outcome, status) => {
  const chunk = { toolCallId: "t", name: "lookup", result: "", ...outcome };
  const state = after(call("t"), streamToolResult("r", chunk, 3));
  expect(answerIn(state).parts).toMatchObject([{ status }]);
});

it("shows nothing of an ended turn as going on", () => {
  const asked = writeConfirmationRequired("r", confirmation("q"), 2);
  const parts = answerIn(after(call("t"), result("t"), call("u"), asked, cancelled("r", 5))).parts;
  expect(parts).toMatchObject([
    { toolCallId: "t", status: "succeeded" },
    { toolCallId: "u", status: "unknown" },
    { toolCallId: "q", status: "awaiting", verdict: { state: "gone" } },
  ]);
});

it("reads from a snapshot alone what was decided, not where, and an outcome that nobody knows", () => {
  const item = {
    type: "tool",
    toolCallId: "t",
    name: "issue_refund",
    arguments: {},
    status: "unknown",
    decision: { approved: true, at: 3 },
    confirmation: confirmation("t"),
  } as const;
  const { parts } = answerIn(
    after(turnSnapshot({ requestId: "r", status: "running", items: [item] }, 5)),
  );
  expect(parts).toEqual([item]);
});

it("ends the turn that a page tells the end of, and takes the reason when it comes", () => {
  const message = {
    id: "m1",
    conversationId: "c1",
    direction: "outbound",
    createdAt: "2026-01-01T00:00:00Z",
    requestId: "r",
    status: "failed",
  } as const;
  const messages = [{ ...message, content: { items: [], text: "half" } }];
  const page = { conversationId: "c1", messages, nextCursor: null, hasMore: false };
  const state = after(say("half an"), { type: "history-page", page, newest: true });
  expect(lines(state)).toEqual(["agent failed: half"]);
  expect(state.activeTurnId).toBeUndefined();
  const error = { code: "AGENT_ERROR", message: "It failed.", retryable: true } as const;
  const told = reduce(state, { type: "event", event: errorFrame("r", error, 5) });
  expect(answerIn(told)).toMatchObject({ status: "failed", error, messageId: "m1" });
});

it("tells the calls of a server that names none apart", () => {
  const nameless = (given: number) =>
    streamToolCall("r", { name: "lookup", arguments: { given } }, 1);
  const returned = (text: string) =>
    streamToolResult("r", { name: "lookup", isError: false, result: text }, 1);
  const state = after(nameless(1), returned("one"), nameless(2), returned("two"));
  expect(answerIn(state).parts).toMatchObject([
    { arguments: { given: 1 }, result: "one" },
    { arguments: { given: 2 }, result: "two" },
  ]);
});

it("puts another tab's turn before what waits here", () => {
  const message = {
    id: "m5",
    conversationId: "c1",
    direction: "inbound",
    content: { items: [], text: "theirs" },
    createdAt: "2026-01-01T00:00:00Z",
  } as const;
  const written = { type: "written", id: "mine", text: "mine", at: 1 } as const;
  const started = turnStarted("r", { ...message, content: { items: [], text: "theirs" } }, 2);
  const state = after(written, started, say("answer"), started);
  expect(lines(state)).toEqual([
    "visitor sent: theirs",
    "agent running: answer",
    "visitor waiting: mine",
  ]);
  expect(state.activeTurnId).toBe("r");
});

it("adds an answer once, whichever of history and its own event comes first", () => {
  const page = {
    conversationId: "c1",
    messages: [
      {
        id: "m1",
        conversationId: "c1",
        direction: "outbound" as const,
        content: { items: [], text: "answer" },
        createdAt: "2026-01-01T00:00:00Z",
      },
    ],
    nextCursor: null,
    hasMore: false,
  };
  const history = { type: "history-page", page, newest: true } as const;
  expect(lines(after(say("answer"), history, end("answer")))).toEqual(["agent completed: answer"]);
  expect(lines(after(say("answer"), end("answer"), history))).toEqual(["agent completed: answer"]);
  expect(lines(after(history, end("answer")))).toEqual(["agent completed: answer"]);
});
