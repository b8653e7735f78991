import { describe, expect, test } from "vitest";
import { readBehaviour } from "./behaviour.js";
import { frozenCopy, levelsOf } from "./plain-value.js";

describe("levelsOf", () => {
  test.each([
    [0, "text"],
    [0, null],
    [1, {}],
    [2, [[]]],
    [3, { a: [{}], b: 1 }],
    [1, { date: new Date(), map: new Map() }],
  ])("is %i", (levels, value) => {
    expect(levelsOf(value, 64)).toBe(levels);
  });

  test("is infinite for what holds itself, and for what is too deep", () => {
    const round: Record<string, unknown> = {};
    round["a"] = [round, round];
    round["b"] = { round };
    expect(levelsOf(round, 64)).toBe(Infinity);
    expect(levelsOf(JSON.parse("[".repeat(65) + "]".repeat(65)), 64)).toBe(Infinity);
    expect(levelsOf(JSON.parse("[".repeat(64) + "]".repeat(64)), 64)).toBe(64);
  });

  test("takes no time for what is shared many times over", () => {
    let shared: unknown = {};
    for (let level = 0; level < 60; level += 1) shared = [shared, shared];
    expect(levelsOf(shared, 64)).toBe(61);
  });
});

describe("frozenCopy", () => {
  test("shares nothing plain with what it was made of, and hands the rest on", () => {
    const client = new Map();
    const given = { a: { b: [1, { c: 2 }] }, client };
    const copy = frozenCopy(given);
    expect(copy).toEqual(given);
    expect(copy["a"]).not.toBe(given.a);
    expect(copy["client"]).toBe(client);
    expect(Object.isFrozen(copy["a"])).toBe(true);
    expect(Object.isFrozen(given.a)).toBe(false);
  });

  test("has no prototype from its keys", () => {
    const copy = frozenCopy(JSON.parse('{"__proto__":{"admin":true}}') as Record<string, unknown>);
    expect((copy as { admin?: unknown }).admin).toBeUndefined();
  });
});

test("a config that is too deep closes the behaviour", () => {
  const config: Record<string, unknown> = {};
  config["self"] = config;
  const { behaviour, problems } = readBehaviour({ toolSettings: { refund: { config } } });
  expect(behaviour.tools).toEqual([]);
  expect(problems[0]).toContain("toolSettings.refund.config must be at most 64 levels deep");
});
