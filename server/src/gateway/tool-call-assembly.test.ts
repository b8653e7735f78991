import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ToolCallAssembly } from "./tool-call-assembly.js";

const piece = (
  index: number | undefined,
  id: string | undefined,
  name: string | undefined,
  args: unknown,
) => ({
  index,
  id,
  function: { name, arguments: args },
});

function assembled(...deltas: readonly unknown[]): Array<[string, string]> {
  const calls = new ToolCallAssembly();
  for (const delta of deltas) calls.add(delta);
  return calls.calls().map((call) => [call.name, call.arguments]);
}

describe("tool calls are put together", () => {
  test.each([
    [
      "one, the name in the first delta only",
      [
        piece(0, "a", "f", ""),
        piece(0, undefined, undefined, '{"x"'),
        piece(0, undefined, undefined, ":1}"),
      ],
      [["f", '{"x":1}']],
    ],
    [
      "id and name repeated on every delta",
      [piece(0, "a", "f", '{"x"'), piece(0, "a", "f", ":1}")],
      [["f", '{"x":1}']],
    ],
    [
      "a new id on every delta",
      [piece(0, "a", "f", '{"x"'), piece(0, "b", undefined, ":1}")],
      [["f", '{"x":1}']],
    ],
    [
      "no index, the id on every delta",
      [
        piece(undefined, "a", "f", '{"x"'),
        piece(undefined, "b", "g", '{"y"'),
        piece(undefined, "a", undefined, ":1}"),
        piece(undefined, "b", undefined, ":2}"),
      ],
      [
        ["f", '{"x":1}'],
        ["g", '{"y":2}'],
      ],
    ],
    [
      "neither index nor id, whole calls",
      [piece(undefined, undefined, "f", '{"x":1}'), piece(undefined, undefined, "f", '{"x":2}')],
      [
        ["f", '{"x":1}'],
        ["f", '{"x":2}'],
      ],
    ],
    [
      "neither index nor id, in pieces",
      [
        piece(undefined, undefined, "f", ""),
        piece(undefined, undefined, undefined, '{"x":1}'),
        piece(undefined, undefined, "g", ""),
        piece(undefined, undefined, undefined, "{}"),
      ],
      [
        ["f", '{"x":1}'],
        ["g", "{}"],
      ],
    ],
    [
      "every whole call numbered 0, ids apart",
      [piece(0, "a", "f", '{"x":1}'), piece(0, "b", "f", '{"x":1}')],
      [
        ["f", '{"x":1}'],
        ["f", '{"x":1}'],
      ],
    ],
    [
      "every whole call numbered 0, no ids",
      [piece(0, "", "f", '{"x":1}'), piece(0, "", "g", '{"y":1}')],
      [
        ["f", '{"x":1}'],
        ["g", '{"y":1}'],
      ],
    ],
    ["no arguments", [piece(0, "a", "f", "")], [["f", "{}"]]],
    [
      "null and missing fields",
      [{ index: 0, id: null, function: { name: "f", arguments: null } }, { index: 0 }, null],
      [["f", "{}"]],
    ],
    ["arguments as an object", [piece(0, "a", "f", { x: 1 })], [["f", '{"x":1}']]],
    [
      "the second index first",
      [piece(1, "b", "g", "{}"), piece(0, "a", "f", "{}")],
      [
        ["g", "{}"],
        ["f", "{}"],
      ],
    ],
    [
      "an empty tail after whole arguments",
      [piece(0, "a", "f", '{"x":1}'), piece(0, "a", "f", "")],
      [["f", '{"x":1}']],
    ],
  ])("%s", (_name, deltas, calls) => {
    expect(assembled(...deltas)).toEqual(calls);
  });

  test("however the pieces of several are interleaved", () => {
    const call = fc.record({
      name: fc.constantFrom("f", "g"),
      args: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
      cuts: fc.array(fc.nat(), { maxLength: 6 }),
    });
    const order = fc.array(fc.nat(), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), order, (calls, picks) => {
        const queues = calls.map(({ name, args, cuts }, index) => {
          const points = cuts.map((cut) => cut % (args.length + 1)).sort((a, b) => a - b);
          const pieces = [0, ...points].map((from, at) => args.slice(from, points[at]));
          return pieces.map((text, at) =>
            at === 0
              ? piece(index, `id${index}`, name, text)
              : piece(index, undefined, undefined, text),
          );
        });
        // Calls begin in order; after that any may go on.
        const first = queues.map((queue) => queue.shift());
        const rest: unknown[] = [];
        for (let at = 0; queues.some((queue) => queue.length > 0); at++) {
          const waiting = queues.filter((queue) => queue.length > 0);
          rest.push(waiting[(picks[at % picks.length] ?? 0) % waiting.length]?.shift());
        }
        expect(assembled(...first, ...rest)).toEqual(calls.map(({ name, args }) => [name, args]));
      }),
    );
  });
});

describe("each call has an id of its own", () => {
  test("kept when the provider sent one, made when it sent none or one twice", () => {
    const calls = new ToolCallAssembly();
    calls.add(piece(0, "a", "f", "{}"));
    calls.add(piece(1, "a", "g", "{}"));
    calls.add(piece(2, "", "h", "{}"));
    const ids = calls.calls().map((call) => call.id);
    expect(ids[0]).toBe("a");
    expect(ids[1]).toMatch(/^call_[0-9a-f]{32}$/);
    expect(new Set(ids).size).toBe(3);
  });

  test("an id that comes late is taken", () => {
    const calls = new ToolCallAssembly();
    calls.add(piece(0, undefined, "f", '{"x"'));
    calls.add(piece(0, "late", undefined, ":1}"));
    expect(calls.calls()).toEqual([{ id: "late", name: "f", arguments: '{"x":1}' }]);
  });
});

describe("whether a call was cut off", () => {
  test.each([
    ['{"x":1}', true],
    ["", true],
    ['{"x":', false],
    ['{"x":{}', false],
    ['"text"', false],
  ])("%s", (args, whole) => {
    const calls = new ToolCallAssembly();
    calls.add(piece(0, "a", "f", args));
    expect(calls.whole).toBe(whole);
  });

  test("no proper prefix of an object counts as whole", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (value, cut) => {
        const json = JSON.stringify(value);
        const calls = new ToolCallAssembly();
        calls.add(piece(0, "a", "f", json.slice(0, 1 + (cut % (json.length - 1)))));
        expect(calls.whole).toBe(false);
      }),
    );
  });
});
