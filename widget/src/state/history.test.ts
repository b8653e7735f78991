import type { Message } from "@smooth-agent/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentEntry, TranscriptEntry, VisitorEntry } from "./conversation-state.js";
import { entryFrom, withNewest, withOlder } from "./history.js";

const message = (n: number, text = `text ${n}`): Message => ({
  id: `m${n}`,
  conversationId: "c1",
  direction: n % 2 ? "outbound" : "inbound",
  content: { items: [], text },
  createdAt: "2026-01-01T00:00:00Z",
});

const visitor = (text: string, rest: Partial<VisitorEntry> = {}): VisitorEntry => ({
  kind: "visitor",
  id: `r ${text}`,
  text,
  at: 0,
  delivery: "sent",
  ...rest,
});

const agent = (text: string, rest: Partial<AgentEntry> = {}): AgentEntry => ({
  kind: "agent",
  id: "r",
  parts: text === "" ? [] : [{ type: "text", text }],
  at: 0,
  status: "running",
  ...rest,
});

const texts = (transcript: TranscriptEntry[]) =>
  transcript.map((entry) =>
    entry.kind === "visitor"
      ? entry.text
      : entry.parts.map((part) => (part.type === "text" ? part.text : "")).join(""),
  );

describe("the newest page", () => {
  it("meets whatever was shown of the same conversation, each message once and in order", () => {
    const conversation = fc
      .tuple(
        // Few different texts, so that equal ones meet.
        fc.array(fc.constantFrom("yes", "no", "ok"), { minLength: 1, maxLength: 14 }),
        fc.nat(14),
        fc.nat(14),
        fc.nat(14),
        fc.boolean(),
      )
      .map(([all, from, to, pageFrom, waits]) => ({ all, from, to, pageFrom, waits }));
    fc.assert(
      fc.property(conversation, ({ all, from, to, pageFrom, waits }) => {
        const messages = all.map((text, n) => message(n, text));
        const first = Math.min(from, to, all.length);
        const last = Math.min(Math.max(from, to), all.length);
        // What this client sent itself has no messageId yet.
        const shown: TranscriptEntry[] = messages.slice(first, last).map((each) => {
          const entry = entryFrom(each);
          if (entry.kind === "agent") return entry;
          const { messageId, ...rest } = entry;
          return { ...rest, id: `r${each.id}` };
        });
        if (waits) shown.push(visitor("unsent", { delivery: "waiting" }));
        // The page meets what is shown, or begins where that ends.
        const begin = last > first ? Math.min(pageFrom, last - 1) : Math.min(pageFrom, all.length);
        const { transcript, gap } = withNewest(shown, messages.slice(begin), undefined);
        const expected = all.slice(last > first ? Math.min(first, begin) : begin);
        expect(texts(transcript)).toEqual([...expected, ...(waits ? ["unsent"] : [])]);
        expect(gap).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it("replaces what is shown when messages between are missing", () => {
    const shown = [
      entryFrom(message(0)),
      entryFrom(message(1)),
      visitor("x", { delivery: "waiting" }),
    ];
    const { transcript, gap } = withNewest(shown, [message(8), message(9)], undefined);
    expect(texts(transcript)).toEqual(["text 8", "text 9", "x"]);
    expect(gap).toBe(true);
  });

  it("sees the gap also when the last answer is shown already", () => {
    const shown = [entryFrom(message(0)), entryFrom(message(1)), entryFrom(message(9))];
    const { transcript, gap } = withNewest(shown, [message(7), message(8), message(9)], undefined);
    expect(texts(transcript)).toEqual(["text 7", "text 8", "text 9"]);
    expect(gap).toBe(true);
  });

  it("gives a turn whose end was missed its stored answer and keeps its tools", () => {
    const tool = {
      type: "tool",
      toolCallId: "t",
      name: "n",
      arguments: {},
      status: "succeeded",
    } as const;
    const shown = [
      visitor("text 0"),
      agent("tex", { parts: [{ type: "text", text: "tex" }, tool] }),
    ];
    const { transcript } = withNewest(shown, [message(0), message(1)], undefined);
    expect(transcript).toMatchObject([
      { messageId: "m0" },
      {
        id: "r",
        status: "completed",
        messageId: "m1",
        parts: [{ text: "tex" }, tool, { text: "t 1" }],
      },
    ]);
  });

  it("does not give a later turn's answer to one that ended without", () => {
    const shown = [visitor("text 0"), agent("par")];
    const page = [message(0), message(2), message(3)];
    const { transcript } = withNewest(shown, page, undefined);
    expect(texts(transcript)).toEqual(["text 0", "par", "text 2", "text 3"]);
  });

  it("leaves the turn that goes on behind its message", () => {
    const shown = [entryFrom(message(0)), entryFrom(message(1)), agent("so far", { id: "active" })];
    const page = [message(0), message(1), message(2)];
    const { transcript } = withNewest(shown, page, "active");
    expect(texts(transcript)).toEqual(["text 0", "text 1", "text 2", "so far"]);
    expect(transcript[0]).toBe(shown[0]);
    expect(transcript[3]).toBe(shown[2]);
  });

  it("knows a message whose ack never came", () => {
    const error = { code: "UNAVAILABLE", message: "No answer." } as const;
    const shown = [visitor("text 0", { delivery: "refused", error })];
    const { transcript } = withNewest(shown, [message(0)], undefined);
    expect(transcript).toMatchObject([{ id: "r text 0", delivery: "sent", messageId: "m0" }]);
    expect(transcript[0]).not.toHaveProperty("error");
  });
});

it("puts an older page on top, without what is there", () => {
  const shown = [entryFrom(message(2)), entryFrom(message(3))];
  const transcript = withOlder(shown, [message(0), message(1), message(2)]);
  expect(texts(transcript)).toEqual(["text 0", "text 1", "text 2", "text 3"]);
  expect(transcript[2]).toBe(shown[0]);
});
