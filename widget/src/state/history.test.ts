import type { Message } from "@smooth-agent/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AgentEntry, TranscriptEntry, VisitorEntry } from "./conversation-state.js";
import { withNewest, withOlder } from "./history.js";
import { entryFrom } from "./stored-entry.js";

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
    entry.kind !== "agent"
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
          if (entry.kind !== "visitor") return entry;
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

  it("of a server that tells requestIds, meets what was seen live, however it ended", () => {
    const STATES = ["completed", "cancelled", "failed"] as const;
    const turn = fc.record({
      text: fc.constantFrom("yes", "no"),
      status: fc.constantFrom(...STATES),
      // How much of the answer this client has heard, and whether it heard of its end.
      heard: fc.nat(6),
      ended: fc.boolean(),
    });
    const given = fc.tuple(
      fc.array(turn, { minLength: 1, maxLength: 7 }),
      fc.nat(7),
      fc.nat(7),
      fc.nat(14),
    );
    fc.assert(
      fc.property(given, ([turns, from, to, pageFrom]) => {
        const messages = turns.flatMap(({ text, status }, n): Message[] => [
          { ...message(2 * n, text), requestId: `r${n}` },
          { ...message(2 * n + 1, `re ${n}`), requestId: `r${n}`, status, toolCalls: [] },
        ]);
        const first = Math.min(from, to, turns.length);
        const last = Math.min(Math.max(from, to), turns.length);
        const shown = turns.slice(first, last).flatMap(({ text, status, heard, ended }, n) => {
          const id = `r${first + n}`;
          const knows =
            ended && status === "completed" ? { messageId: `m${2 * (first + n) + 1}` } : {};
          const end = ended ? { status, ...knows } : {};
          return [visitor(text, { id }), agent(`re ${first + n}`.slice(0, heard), { id, ...end })];
        });
        const begin = last > first ? Math.min(pageFrom, 2 * last - 1) : 0;
        const page = messages.slice(begin);
        const { transcript, gap } = withNewest(shown, page, undefined);
        expect(gap).toBe(false);
        const start = last > first ? Math.min(2 * first, begin) : begin;
        expect(transcript.map(({ kind, id }) => `${kind} ${id}`)).toEqual(
          messages
            .slice(start)
            .map(({ direction, requestId }) =>
              direction === "inbound" ? `visitor ${requestId}` : `agent ${requestId}`,
            ),
        );
        // What is on the page is shown as the page has it.
        const onPage = transcript.slice(transcript.length - page.length);
        expect(texts(onPage)).toEqual(page.map(({ content }) => content.text));
        expect(onPage.map((entry) => (entry.kind === "agent" ? entry.status : undefined))).toEqual(
          page.map(({ status }) => status),
        );
        const again = withNewest(transcript, page, undefined).transcript;
        expect(again.every((entry, n) => entry === transcript[n])).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes no message for another one of the same words when requestIds tell them apart", () => {
    const error = { code: "UNAVAILABLE", message: "No answer." } as const;
    const refused = visitor("text 0", { id: "mine", delivery: "refused", error });
    const theirs = { ...message(0), requestId: "theirs" };
    const { transcript } = withNewest([refused], [theirs], undefined);
    expect(transcript).toMatchObject([
      { id: "theirs", delivery: "sent" },
      { id: "mine", error },
    ]);
  });

  it("shows a message once also where the page has another order", () => {
    const turn = (n: number) => ({ ...message(2 * n), requestId: `r${n}` });
    const shown = [visitor("text 0", { id: "r0" }), visitor("text 2", { id: "r1" })];
    const { transcript } = withNewest(shown, [turn(1), turn(0)], undefined);
    expect(transcript.map(({ id }) => id).toSorted()).toEqual(["r0", "r1"]);
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
