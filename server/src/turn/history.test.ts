import fc from "fast-check";
import type { ToolCallState } from "@smooth-agent/protocol";
import { describe, expect, test } from "vitest";
import { historyMessages, runningMessages, turnMessages } from "./history.js";
import { callWith, pastTurns, stepWith, turnWith } from "./turn.fixture.js";

describe("the messages of a turn", () => {
  test("are what was said, called and returned, in order", () => {
    const calls = [
      callWith({ providerId: "p1", name: "look", arguments: '{"id":"1"}', result: "found" }),
      callWith({ providerId: "p2", name: "pay", arguments: "{}", result: "", state: "succeeded" }),
    ];
    const turn = turnWith([
      stepWith({ text: "One moment.", reasoning: "hm", toolCalls: calls }),
      stepWith({ toolCalls: [callWith({ providerId: "p3", result: "r3" })] }),
      stepWith({ text: "There." }),
    ]);
    expect(turnMessages(turn)).toEqual([
      { role: "user", content: "hello" },
      {
        role: "assistant",
        content: "One moment.",
        toolCalls: [
          { id: "p1", name: "look", arguments: '{"id":"1"}' },
          { id: "p2", name: "pay", arguments: "{}" },
        ],
      },
      { role: "tool", toolCallId: "p1", content: "found" },
      { role: "tool", toolCallId: "p2", content: "" },
      {
        role: "assistant",
        content: "",
        toolCalls: [{ id: "p3", name: "look", arguments: '{"id":"1"}' }],
      },
      { role: "tool", toolCallId: "p3", content: "r3" },
      { role: "assistant", content: "There." },
    ]);
  });

  test("a step that said nothing says nothing", () => {
    expect(turnMessages(turnWith([stepWith()]))).toEqual([{ role: "user", content: "hello" }]);
  });

  test.each<[ToolCallState, RegExp]>([
    ["proposed", /was not run/],
    ["awaiting", /was not run/],
    ["approved", /was not run/],
    ["executing", /outcome is unknown/],
  ])("a call that was left %s has an answer all the same", (state, told) => {
    const messages = turnMessages(turnWith([stepWith({ toolCalls: [callWith({ state })] })]));
    expect(messages.at(-1)).toMatchObject({ role: "tool", toolCallId: "call_1" });
    expect(messages.at(-1)?.content).toMatch(told);
  });

  test.each(["", "null", "[1]", '{"a":', `${'{"a":'.repeat(32_000)}1${"}".repeat(32_000)}`])(
    "arguments that are no object are sent back as an empty one",
    (args) => {
      const step = stepWith({ toolCalls: [callWith({ arguments: args, result: "r" })] });
      expect(turnMessages(turnWith([step]))[1]).toMatchObject({ toolCalls: [{ arguments: "{}" }] });
    },
  );
});

describe("history", () => {
  const turn = fc.record({
    userText: fc.string({ unit: "grapheme", minLength: 1 }),
    text: fc.string({ maxLength: 300 }),
    calls: fc.nat(2),
  });
  const turns = fc.array(turn, { maxLength: 8 }).map((all) =>
    all.map(({ userText, text, calls }) => {
      const toolCalls = Array.from({ length: calls }, (_, n) => callWith({ result: `r${n}` }));
      return turnWith([stepWith({ text, toolCalls })], { userText });
    }),
  );

  test("is the newest whole turns that fit and at least the newest, oldest first", () => {
    fc.assert(
      fc.property(turns, fc.nat(600), (newestFirst, budget) => {
        const kept = historyMessages(pastTurns(newestFirst), budget);
        const sizes = newestFirst.map((each) => tokensOf(turnMessages(each)));
        // The newest turn is told in any case.
        let count = Math.min(1, sizes.length);
        let used = sizes[0] ?? 0;
        while (count < sizes.length && used + (sizes[count] ?? 0) <= budget) {
          used += sizes[count] ?? 0;
          count += 1;
        }
        const expected = newestFirst
          .slice(0, count)
          .toReversed()
          .flatMap((each) => turnMessages(each));
        expect(kept).toEqual(expected);
      }),
    );
  });

  test("never has a tool's answer without its call, or a call without its answer", () => {
    fc.assert(
      fc.property(turns, fc.nat(600), (newestFirst, budget) => {
        let open: string[] = [];
        for (const message of historyMessages(pastTurns(newestFirst), budget)) {
          if (message.role === "tool") {
            expect(open).toContain(message.toolCallId);
            open = open.slice(1);
          } else {
            expect(open).toEqual([]);
            if ("toolCalls" in message) open = message.toolCalls?.map(({ id }) => id) ?? [];
          }
        }
        expect(open).toEqual([]);
      }),
    );
  });

  test("is not the oldest turns, however many there are", () => {
    const many = Array.from({ length: 200 }, (_, n) => turnWith([], { userText: `turn ${n}` }));
    const kept = historyMessages(pastTurns(many), 200);
    expect(kept.at(-1)?.content).toBe("turn 0");
    expect(kept.length).toBeLessThan(50);
    expect(kept.length).toBeGreaterThan(5);
  });

  test("counts bytes: a script that needs more of them has fewer turns", () => {
    const said = (userText: string) => Array.from({ length: 50 }, () => turnWith([], { userText }));
    const latin = historyMessages(pastTurns(said("abcdefghij".repeat(5))), 500);
    const han = historyMessages(pastTurns(said("世界".repeat(25))), 500);
    expect(han.length).toBeLessThan(latin.length);
  });

  test("has what people wrote in its place: between turns, or before the answer it came before", () => {
    const said = (seq: number, text: string) =>
      ({ type: "message", seq, name: "Ana", text }) as const;
    const turn = (userText: string, text: string) => turnWith([stepWith({ text })], { userText });
    const [second, first] = pastTurns([turn("q2", "a2"), turn("q1", "a1")]);
    if (!first || !second) throw new Error("two turns");
    const past = [said(26, "after"), said(22, "later within"), said(21, "within"), second];
    const kept = historyMessages([...past, said(16, "between"), first, said(9, "before")], 1_000);
    const who = '["Ana", a person of the team, wrote to the visitor:]\n';
    expect(kept).toEqual([
      { role: "assistant", content: `${who}before` },
      { role: "user", content: "q1" },
      { role: "assistant", content: "a1" },
      { role: "assistant", content: `${who}between` },
      { role: "user", content: "q2" },
      { role: "assistant", content: `${who}within` },
      { role: "assistant", content: `${who}later within` },
      { role: "assistant", content: "a2" },
      { role: "assistant", content: `${who}after` },
    ]);
  });

  test("of a running turn, what people wrote never is the last word", () => {
    const beside = [{ type: "message", seq: 12, name: 'A"\n', text: "hi" } as const];
    const told = {
      role: "assistant",
      content: '["A\\"\\n", a person of the team, wrote to the visitor:]\nhi',
    };
    const asked = { role: "user", content: "hello" };
    expect(runningMessages(turnWith(), beside, 1_000)).toEqual([told, asked]);
    const called = turnWith([stepWith({ toolCalls: [callWith({ result: "r" })] })]);
    const messages = runningMessages(called, beside, 1_000);
    expect(messages.slice(0, 2)).toEqual([asked, told]);
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "assistant", "tool"]);
  });

  test("is nothing when nothing was said before", () => {
    expect(historyMessages([], 100)).toEqual([]);
  });
});

/** A third of the bytes of the JSON, rounded up. */
function tokensOf(messages: unknown): number {
  return Math.ceil(new TextEncoder().encode(JSON.stringify(messages)).length / 3);
}

describe("what does not fit", () => {
  const long = "x".repeat(40_000);
  const paying = (result: string) =>
    turnWith([
      stepWith({ toolCalls: [callWith({ name: "pay", result, state: "succeeded" })] }),
      stepWith({ text: "Paid." }),
    ]);

  test("the newest turn is told in any case, its long results cut", () => {
    const messages = historyMessages(pastTurns([paying(long), paying(long)]), 100);
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant"]);
    expect(messages[2]?.content).toMatch(/^x{1000} … \[cut\]$/);
    expect(messages[1]).toMatchObject({ toolCalls: [{ name: "pay" }] });
  });

  test("more turns are told when cutting makes room", () => {
    expect(historyMessages(pastTurns([paying(long), paying(long)]), 2_000)).toHaveLength(8);
  });

  test("of the running turn the last step is whole", () => {
    const step = () => stepWith({ toolCalls: [callWith({ result: long, state: "succeeded" })] });
    const turn = turnWith([step(), step()]);
    expect(runningMessages(turn, [], 1_000_000)).toEqual(turnMessages(turn));
    const lengths = runningMessages(turn, [], 1_000).map(({ content }) => content.length);
    expect(lengths).toEqual([5, 0, 1_008, 0, 40_000]);
  });

  test("what people wrote is cut and left out like an answer", () => {
    const said = { type: "message", seq: 15, name: "Ana", text: long } as const;
    const past = [said, ...pastTurns([paying("ok")])];
    expect(historyMessages(past, 1_000).map(({ content }) => content.length)).toEqual([
      ...[5, 0, 2, 5],
      1_008,
    ]);
    expect(historyMessages(past, 100)).toHaveLength(1);
  });
});
