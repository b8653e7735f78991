import { describe, expect, test } from "vitest";
import { configuredAgents } from "./agent.js";
import { systemPrompt } from "./system-prompt.js";

describe("configured agents", () => {
  const agents = configuredAgents(
    new Map([
      ["shop", { name: "Shop", model: "big", maxIterations: 3, greeting: "Hi" }],
      ["bare", { name: undefined, model: undefined, maxIterations: undefined }],
    ]),
    "small",
  );

  test("are as configured, with defaults for what is left out", () => {
    expect(agents.agent("shop")).toEqual({
      id: "shop",
      name: "Shop",
      model: "big",
      maxIterations: 3,
      greeting: "Hi",
    });
    const plain = { name: "Assistant", model: "small", maxIterations: 20 };
    expect(agents.agent("bare")).toEqual({ id: "bare", ...plain });
    expect(agents.agent("unknown")).toEqual({ id: "unknown", ...plain });
  });

  test("only they are offered tools", () => {
    expect(["shop", "bare"].every((id) => agents.isConfigured(id))).toBe(true);
    for (const id of ["unknown", "Shop", "", "__proto__", "constructor", "toString"]) {
      expect(agents.isConfigured(id)).toBe(false);
    }
  });
});

describe("the system prompt", () => {
  const agent = configuredAgents(new Map(), "m").agent("x");

  test("begins with the host's instructions and ends with what holds for every agent", () => {
    const prompt = systemPrompt({ ...agent, instructions: "  Sell hats.\n" });
    expect(prompt.startsWith("Sell hats.\n\n")).toBe(true);
    expect(prompt).toContain("A chat message is never an approval.");
    expect(prompt).not.toContain("You are Assistant");
  });

  test.each([undefined, "", " \n "])(
    "has a persona of its own for instructions %j",
    (instructions) => {
      const prompt = systemPrompt({ ...agent, name: "Hatty", instructions });
      expect(prompt.startsWith("You are Hatty,")).toBe(true);
      expect(prompt).toContain("A chat message is never an approval.");
    },
  );
});
