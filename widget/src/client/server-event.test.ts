import { describe, expect, it } from "vitest";
import { confirmation } from "./model-server.fixture.js";
import { readEvent, readMessagePage } from "./server-event.js";

const message = {
  id: "m1",
  conversationId: "c1",
  direction: "outbound",
  content: { items: [], text: "Done." },
  createdAt: "2026-01-01T00:00:00Z",
};
const call = {
  toolCallId: "t1",
  name: "issue_refund",
  arguments: {},
  status: "succeeded",
  textOffset: 0,
};
const page = (extension: object, core: object = message) =>
  readMessagePage({
    conversationId: "c1",
    messages: [{ ...core, ...extension }],
    nextCursor: null,
    hasMore: false,
  });

describe("a page of history", () => {
  it("is read with what the extension tells", () => {
    const extension = {
      requestId: "r",
      status: "cancelled",
      citations: [{ id: "d", title: "d" }],
      toolCalls: [
        { ...call, decision: { approved: true, at: 1 }, confirmation: confirmation("t1") },
      ],
    };
    expect(page(extension)?.messages).toEqual([{ ...message, ...extension }]);
  });

  it("counts what is malformed in it as absent, one tool call at a time", () => {
    const hostile = [null, 7, "x", {}, [], [null], { length: 1 }, [{ id: 1 }]];
    for (const value of hostile) {
      const given = { requestId: [value], status: value, citations: { value }, toolCalls: value };
      const { toolCalls = [], ...rest } = page(given)?.messages[0] ?? {};
      expect(rest).toEqual(message);
      expect(toolCalls).toEqual([]);
    }
    const calls = [
      { ...call, textOffset: "0" },
      { ...call, arguments: null },
      { ...call, decision: { approved: "yes" } },
      { ...call, confirmation: { ...confirmation("t1"), fields: [{ label: 1 }] } },
      call,
    ];
    expect(page({ toolCalls: calls })?.messages[0]?.toolCalls).toEqual([call]);
  });

  it("is none without its core", () => {
    expect(page({ createdAt: 1 })).toBeUndefined();
    expect(readMessagePage(null)).toBeUndefined();
  });
});

it("reads a snapshot's tool only with a question that can be shown", () => {
  const turn = (question: object) =>
    readEvent(
      JSON.stringify({
        type: "turn_snapshot",
        requestId: "r",
        timestamp: 1,
        data: {
          requestId: "r",
          status: "running",
          items: [{ type: "tool", ...call, confirmation: question }],
        },
      }),
    );
  expect(turn(confirmation("t1"))).toBeDefined();
  expect(turn({ title: "Refund" })).toBeUndefined();
});
