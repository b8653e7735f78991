import { describe, expect, test } from "vitest";
import { behaviourSchema, readBehaviour } from "./behaviour.js";

const steps = [{ id: "a", intent: "Ask." }];

describe("a behaviour that nobody checked", () => {
  test("is read whole when it is well-formed, null standing for nothing", () => {
    const behaviour = { name: "Mira", tools: ["find_*"], workflow: { goal: "Sell.", steps } };
    expect(readBehaviour({ ...behaviour, greeting: null })).toEqual({ behaviour, problems: [] });
  });

  test.each([
    [{ tools: "all" }, "tools"],
    [{ tools: [1] }, "tools.0"],
    [{ toolSettings: { refund: { authLevel: "root" } } }, "toolSettings.refund.authLevel"],
    [{ toolSettings: { refund: { confirm: false } } }, "toolSettings.refund.confirm must be true"],
    [{ toolSettings: [] }, "toolSettings"],
    [{ instructions: 7 }, "instructions"],
    [{ personality: {} }, "personality"],
    [{ workflow: { goal: "Sell.", steps: [] } }, "workflow.steps"],
    [{ toolz: [] }, "toolz is not a known setting"],
    [{ constructor: 1 }, "constructor is not a known setting"],
  ])("has no tools with %j", (malformed, problem) => {
    for (const written of [
      { tools: ["*"], ...malformed },
      { ...malformed, models: ["x"] },
    ]) {
      const { behaviour, problems } = readBehaviour(written);
      expect(behaviour.tools).toEqual([]);
      expect(problems[0]).toContain(problem);
    }
    expect(readBehaviour({ ...malformed, name: "Mira" }).behaviour.name).toBe("Mira");
  });

  test("is internal when its visibility cannot be read", () => {
    expect(readBehaviour({ visibility: "everyone" }).behaviour).toEqual({ visibility: "internal" });
  });

  test.each([
    { temperature: 3 },
    { model: "" },
    { models: "gpt" },
    { maxIterations: 65 },
    { handOff: "yes" },
  ])("keeps its tools and takes the default for %j", (malformed) => {
    const { behaviour, problems } = readBehaviour({ ...malformed, tools: ["find"] });
    expect(behaviour).toEqual({ tools: ["find"] });
    expect(problems).toHaveLength(1);
  });

  test.each([null, [], "x", 7])("is closed altogether when it is %j", (value) => {
    expect(readBehaviour(value).behaviour).toEqual({ visibility: "internal", tools: [] });
  });

  test("is never quoted in what is said of it", () => {
    const { problems } = readBehaviour({ tools: "hunter2", instructions: ["hunter2"], name: 1 });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain("hunter2");
  });
});

describe("a workflow", () => {
  const check = (given: unknown[]) =>
    behaviourSchema.safeParse({ workflow: { goal: "g", steps: given } }).error?.issues ?? [];

  test.each([
    ["two steps of one id", [...steps, ...steps], "workflow.steps.1.id"],
    ["a next that is no step", [{ id: "a", intent: "i", next: "b" }], "workflow.steps.0.next"],
    [
      "five replies",
      [{ id: "a", intent: "i", suggestedReplies: Array(5).fill("x") }],
      "steps.0.sug",
    ],
  ])("with %s is refused", (_, given, path) => {
    expect(check(given).map((issue) => issue.path.join("."))[0]).toContain(path);
  });

  test("may go back to an earlier step", () => {
    expect(check([{ id: "a", intent: "i", next: "a" }])).toEqual([]);
  });
});
