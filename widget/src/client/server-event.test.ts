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

describe("what is asked", () => {
  const hostile = [null, 7, "x", {}, [], [null], [7], [{ argument: 1 }]];
  const frame = (type: string, data: object) =>
    readEvent(JSON.stringify({ type, requestId: "r", data: { data }, timestamp: 1 }));
  const asked = (change: object) =>
    frame("write_confirmation_required", { ...confirmation("t1"), ...change });

  it("is read with what the extension tells", () => {
    const known = {
      note: "Please.",
      editable: ["amount"],
      inputs: [{ argument: "amount", label: "Amount", type: "number", required: true, minimum: 1 }],
      remember: true,
      stepUp: true,
      approver: "team",
      queued: 2,
      askedAt: 5,
    };
    expect(asked(known)).toMatchObject({ data: { data: known } });
  });

  it("counts an optional field that is malformed as absent", () => {
    const names = ["note", "editable", "inputs", "remember", "stepUp", "approver", "queued"];
    for (const name of [...names, "askedAt"]) {
      for (const value of hostile) {
        const isRight =
          (name === "note" && value === "x") ||
          ((name === "queued" || name === "askedAt") && value === 7) ||
          (["editable", "inputs"].includes(name) && Array.isArray(value) && value.length === 0);
        if (isRight) continue;
        const event = asked({ [name]: value });
        expect(event).toMatchObject({ data: { data: confirmation("t1") } });
        expect(event).not.toHaveProperty(`data.data.${name}`);
      }
    }
  });

  it("counts a risk that is not known to be low as high", () => {
    expect(asked({ risk: "low" })).toMatchObject({ data: { data: { risk: "low" } } });
    expect(asked({ risk: "none" })).toMatchObject({ data: { data: { risk: "high" } } });
  });

  it("is not read from a resolution that has none, nor from a code's event without its core", () => {
    const resolution = { requestId: "r", toolCallId: "t1", approved: true, by: "visitor" };
    for (const value of hostile) {
      const data = { ...resolution, confirmation: value };
      const event = { type: "confirmation_resolved", requestId: "r", data, timestamp: 1 };
      expect(readEvent(JSON.stringify(event))).toMatchObject({ data: resolution });
      expect(readEvent(JSON.stringify(event))).not.toHaveProperty("data.confirmation");
      const sent = { channel: "email", maskedDestination: "j", resendAt: [value] };
      expect(frame("otp_sent", sent)).not.toHaveProperty("data.data.resendAt");
      expect(frame("otp_sent", { ...sent, channel: [value] })).toBeUndefined();
      expect(frame("otp_invalid", { attemptsRemaining: [value], message: "" })).toBeUndefined();
    }
  });
});

it("reads the end of an answer whatever its sources are", () => {
  const reply = { response: { responseParts: ["Done."] }, messageId: "m1" };
  const ended = (citations: unknown) => {
    const data = { data: { ...reply, citations } };
    return readEvent(
      JSON.stringify({ type: "eventual_response", requestId: "r", data, timestamp: 1 }),
    );
  };
  const right = [{ id: "d", title: "Returns", url: "https://shop.example/returns" }];
  expect(ended(right)).toMatchObject({ data: { data: { citations: right } } });
  for (const wrong of [null, 7, "x", {}, [null], [{ id: 1 }], [{ id: "d", title: "d", url: 1 }]]) {
    expect(ended(wrong)).toMatchObject({ data: { data: reply } });
    expect(ended(wrong)).not.toHaveProperty("data.data.citations");
  }
});
