import type { Message, PastToolCall } from "@smooth-agent/protocol";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { confirmation } from "../client/model-server.fixture.js";
import type { AgentEntry, AgentPart, ToolPart } from "./conversation-state.js";
import { entryFrom, identified } from "./stored-entry.js";

const TEXT = "I can do that.\n\nDone: $20.00 are on their way.";
const answer = (rest: Partial<Message> = {}, text = TEXT): Message => ({
  id: "m1",
  conversationId: "c1",
  direction: "outbound",
  content: { items: [], text },
  createdAt: "2026-01-01T00:00:00Z",
  requestId: "r",
  status: "completed",
  ...rest,
});
const call = (rest: Partial<PastToolCall> = {}): PastToolCall => ({
  toolCallId: "t1",
  name: "issue_refund",
  arguments: {},
  status: "succeeded",
  textOffset: 14,
  ...rest,
});
const decision = { approved: true, by: "visitor", at: 7 };
const asked = (rest: Partial<PastToolCall> = {}) =>
  call({ confirmation: confirmation("t1"), decision, ...rest });
const partsOf = (message: Message): AgentPart[] => (entryFrom(message) as AgentEntry).parts;
const outline = (parts: AgentPart[]) =>
  parts.map((part) => (part.type === "tool" ? `[${part.toolCallId}]` : part.text));

describe("an answer of the record", () => {
  it("has its parts in order, its end, its sources and the turn's id", () => {
    const citations = [{ id: "d", title: "d" }];
    const entry = entryFrom(answer({ status: "cancelled", citations, toolCalls: [asked()] }));
    expect(entry).toMatchObject({
      id: "r",
      messageId: "m1",
      status: "cancelled",
      citations,
      parts: [
        { type: "text", text: "I can do that." },
        { type: "tool", toolCallId: "t1", status: "succeeded", decision },
        { type: "text", text: "\n\nDone: $20.00 are on their way." },
      ],
    });
    expect(partsOf(answer({}, ""))).toEqual([]);
    const { requestId, status, ...plain } = answer();
    expect(entryFrom(plain)).toMatchObject({ id: "m1", status: "completed" });
  });

  it("loses and repeats no character, wherever a server says that tools were called", () => {
    const offset = fc.oneof(
      fc.integer({ min: -5, max: 60 }),
      fc.double(),
      fc.constantFrom(-0, 1e308, Infinity, -Infinity, Number.NaN),
    );
    fc.assert(
      fc.property(fc.string(), fc.array(offset, { maxLength: 6 }), (text, offsets) => {
        const toolCalls = offsets.map((textOffset, n) => call({ toolCallId: `t${n}`, textOffset }));
        const parts = partsOf(answer({ toolCalls }, text));
        expect(parts.map((part) => (part.type === "text" ? part.text : "")).join("")).toBe(text);
        expect(parts.filter((part) => part.type === "tool")).toHaveLength(offsets.length);
        expect(parts.some((part) => part.type === "text" && part.text === "")).toBe(false);
      }),
    );
  });

  it.each([
    ["executing", "unknown"],
    ["approved", "unknown"],
    ["from the future", "unknown"],
    ["awaiting", "awaiting"],
    ["proposed", "proposed"],
    ["denied", "denied"],
    ["expired", "expired"],
    ["failed", "failed"],
    ["unknown", "unknown"],
  ] as [PastToolCall["status"], ToolPart["status"]][])(
    "shows nothing as going on: %s is %s",
    (status, shown) => {
      const card = partsOf(answer({ toolCalls: [asked({ status, decision: undefined })] }))[1];
      expect(card).toMatchObject({ status: shown, verdict: { state: "gone" } });
      const open = status === "awaiting" || status === "proposed";
      const line = partsOf(answer({ toolCalls: [call({ status })] }))[1];
      expect(line).toMatchObject({ status: open ? "expired" : shown });
      expect(line).not.toHaveProperty("verdict");
    },
  );

  it("lets the decision speak where there is one", () => {
    const [, card] = partsOf(answer({ toolCalls: [asked({ status: "unknown" })] }));
    expect(card).toMatchObject({ status: "unknown", decision });
    expect(card).not.toHaveProperty("verdict");
  });
});

describe("an entry that meets its message", () => {
  const tool: ToolPart = {
    type: "tool",
    toolCallId: "t1",
    name: "issue_refund",
    arguments: {},
    status: "executing",
    confirmation: confirmation("t1"),
    verdict: { state: "decided", approved: true, at: 8, here: true },
  };
  const live = (parts: AgentPart[], rest: Partial<AgentEntry> = {}): AgentEntry => ({
    kind: "agent",
    id: "r",
    parts,
    at: 3,
    status: "completed",
    ...rest,
  });
  const said = (text: string) => ({ type: "text" as const, text });
  const reasoning = { type: "reasoning" as const, text: "Hm." };
  const message = answer({ toolCalls: [asked()] });

  it("learns the outcome, and keeps its verdict and its reasoning in their places", () => {
    const parts = [said("I can do that."), tool, reasoning, said(TEXT.slice(14))];
    const entry = identified(live(parts, { truncated: true }), message);
    expect(entry).toMatchObject({
      id: "r",
      messageId: "m1",
      at: 3,
      truncated: true,
      parts: [said("I can do that."), { ...tool, status: "succeeded" }, reasoning, {}],
    });
    expect(identified(entry, message)).toBe(entry);
  });

  it("takes its tools' places from the record when it had missed them", () => {
    const entry = identified(live([said(TEXT)]), message) as AgentEntry;
    expect(outline(entry.parts)).toEqual(["I can do that.", "[t1]", TEXT.slice(14)]);
    const partial = identified(
      live([said("I c"), tool], { status: "running", preamble: "Wait." }),
      message,
    );
    expect(partial).toMatchObject({ status: "completed", at: Date.parse(message.createdAt) });
    expect(partial).not.toHaveProperty("preamble");
    expect(outline((partial as AgentEntry).parts)).toEqual(outline(entry.parts));
  });

  test.each(["cancelled", "failed"] as const)("%s: its text is the stored one", (status) => {
    const error = { code: "AGENT_ERROR", message: "It failed." } as const;
    const entry = live([said("half an answ")], { status, error });
    const next = identified(entry, answer({ status }, "half an"));
    expect(next).toMatchObject({ status, messageId: "m1", parts: [said("half an")] });
    expect("error" in next).toBe(status === "failed");
  });

  it("takes the record's word where its verdict differs", () => {
    const declined = asked({ status: "denied", decision: { ...decision, approved: false } });
    const entry = identified(live([tool]), answer({ toolCalls: [declined] })) as AgentEntry;
    const part = entry.parts.find(({ type }) => type === "tool");
    expect(part).toMatchObject({ status: "denied", decision: { approved: false } });
    expect(part).not.toHaveProperty("verdict");
  });

  it("that came from the record already stays as it is", () => {
    for (const toolCalls of [[], [asked()], [asked({ decision: undefined, status: "awaiting" })]]) {
      const stored = answer({ toolCalls, citations: [{ id: "d", title: "d" }] });
      const entry = entryFrom(stored);
      expect(identified(entry, stored)).toBe(entry);
    }
  });
});
