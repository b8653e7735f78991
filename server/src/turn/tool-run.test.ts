import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { ToolError, type ToolContext, type ToolDefinition } from "../tools/tool.js";
import { toolbox, type Tool } from "../tools/toolbox.js";
import { TURN_LIMITS } from "./ports.js";
import { OUTCOME_UNKNOWN, runTool } from "./tool-run.js";

const SECRET = "card 4111";
const CALL = { id: "call-1", name: "look" };
let logged: string[];
let turn: AbortController;
beforeEach(() => {
  logged = [];
  turn = new AbortController();
});

describe("a tool that ends", () => {
  test.each<[unknown, string]>([
    ["text", "text"],
    ["", ""],
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [0, "0"],
    [false, "false"],
    [null, "null"],
    [undefined, ""],
    [() => 1, ""],
    [Symbol("s"), ""],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ["a\0b\uD800c", "ab\uFFFDc"],
  ])("with %j is told as %j", async (value, result) => {
    const done = { from: "executing", state: "succeeded", result, isError: false };
    expect(await run(() => value)).toEqual(done);
    expect(await run(() => Promise.resolve(value))).toEqual(done);
    expect(logged).toEqual([]);
  });

  const cyclic: Record<string, unknown> = { secret: SECRET };
  cyclic["self"] = cyclic;
  let deep: unknown = SECRET;
  for (let level = 0; level < 50_000; level += 1) deep = [deep];

  test.each<[string, unknown]>([
    ["a cycle", cyclic],
    ["a BigInt", { amount: 20n, secret: SECRET }],
    ["endless nesting", deep],
    ["a value that cannot be written", { toJSON: () => fail(SECRET) }],
  ])("with %s did run: it is no failure that is tried again", async (_, value) => {
    const outcome = await run(() => value);
    expect(outcome).toMatchObject({ state: "succeeded", isError: false });
    expect(outcome.result).toContain("ran to its end");
    expect(logged).toHaveLength(1);
    expect(logged.join("")).not.toContain(SECRET);
  });

  test("with a huge result is told its beginning, in whole characters", async () => {
    const limit = TURN_LIMITS.toolResultCharacters;
    const { result } = await run(() => `x${"🚀".repeat(limit)}`);
    expect(result.length).toBe(limit - 1);
    expect(result.isWellFormed()).toBe(true);
    expect((await run(() => "x".repeat(limit))).result).toHaveLength(limit);
  });

  test("is given its arguments and its context, with a signal of its own", async () => {
    let seen: { args: unknown; context: ToolContext } | undefined;
    await run((args, context) => {
      seen = { args, context };
    });
    expect(seen?.args).toEqual({ id: "1" });
    expect(seen?.context).toMatchObject({ idempotencyKey: "call-1", visitor: { userId: "u" } });
    expect(seen?.context.signal.aborted).toBe(false);
  });
});

describe("a tool that throws", () => {
  test("a ToolError is told word for word, within bounds", async () => {
    const told = await run(() => {
      throw new ToolError("Order 7 is not yours.");
    });
    expect(told).toEqual({
      from: "executing",
      state: "failed",
      result: "Order 7 is not yours.",
      isError: true,
    });
    const long = await run(() => Promise.reject(new ToolError("x".repeat(1_000_000))));
    expect(long.result).toHaveLength(TURN_LIMITS.toolResultCharacters);
    expect(logged).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    ["an error", () => fail(SECRET)],
    ["an error with a look of a stack", () => fail(`x\n    at ${SECRET}\n`)],
    ["an error with a cause", () => fail("x", new Error(SECRET))],
    ["text", () => Promise.reject(SECRET)],
    ["an object", () => Promise.reject({ message: SECRET, code: SECRET })],
    ["nothing", () => Promise.reject(undefined)],
    ["what calls itself a ToolError", () => fail(SECRET, undefined, "ToolError")],
  ])("%s is told as a fixed text, and its message is in no log", async (_, execute) => {
    const outcome = await run(execute);
    const result = "The tool failed.";
    expect(outcome).toEqual({ from: "executing", state: "failed", result, isError: true });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain("call-1");
    expect(logged[0]).not.toContain(SECRET);
  });
});

describe("a tool whose time is up", () => {
  const hangs = () => new Promise(() => {});

  test("has an unknown outcome, although it ignores its signal", async () => {
    expect(await run(hangs, { timeoutMs: 5 })).toEqual(OUTCOME_UNKNOWN);
    expect(OUTCOME_UNKNOWN.result).toContain("Do not repeat it");
  });

  test("has failed, when a second run is harmless", async () => {
    const outcome = await run(hangs, { timeoutMs: 5, idempotent: true });
    expect(outcome).toMatchObject({ state: "failed", result: "The tool did not answer in time." });
  });

  test("hears of it, and what it then throws changes nothing", async () => {
    let reason: unknown;
    const outcome = await run(
      (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reason = signal.aborted;
            reject(new ToolError("too slow"));
          });
        }),
      { timeoutMs: 5 },
    );
    expect(reason).toBe(true);
    expect(outcome).toEqual(OUTCOME_UNKNOWN);
  });

  test("is the deployment's when it says nothing itself", async () => {
    expect(await run(hangs, {}, 5)).toEqual(OUTCOME_UNKNOWN);
  });

  test("is not up because another run's was", async () => {
    await run(hangs, { timeoutMs: 1 });
    expect(await run(() => "x", { timeoutMs: 1_000 })).toMatchObject({ state: "succeeded" });
  });
});

describe("a tool whose turn is cancelled", () => {
  test("and that gives up has an unknown outcome", async () => {
    const outcome = run(async (_, { signal }) => {
      queueMicrotask(() => turn.abort());
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    });
    expect(await outcome).toEqual(OUTCOME_UNKNOWN);
  });

  test("and that goes on to its end has that outcome", async () => {
    const outcome = await run(async () => {
      turn.abort();
      await new Promise((resolve) => setImmediate(resolve));
      return "refunded";
    });
    expect(outcome).toMatchObject({ state: "succeeded", result: "refunded" });
  });
});

async function run(
  execute: ToolDefinition["execute"],
  over: Partial<ToolDefinition> = {},
  toolMs = 10_000,
) {
  const definition = { name: "look", description: "looks", execute, ...over };
  const tool = toolbox([definition]).get("look") as Tool;
  const context: ToolContext = {
    signal: turn.signal,
    conversation: { id: "c", agentId: "a", organizationId: "o" },
    visitor: { userId: "u" },
    agent: { id: "a", name: "A" },
    organization: { id: "o" },
    config: {},
    idempotencyKey: CALL.id,
  };
  const log = pino({ level: "trace" }, { write: (line: string) => logged.push(line) });
  return runTool(tool, CALL, { id: "1" }, context, { limits: { ...TURN_LIMITS, toolMs }, log });
}

function fail(message: string, cause?: Error, name?: string): never {
  const error = new Error(message, { cause });
  if (name !== undefined) error.name = name;
  throw error;
}
