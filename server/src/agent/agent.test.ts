import { describe, expect, test } from "vitest";
import { agentDirectory, configuredBehaviours } from "./agent.js";
import { systemPrompt } from "./system-prompt.js";

describe("the agents of a directory", () => {
  const configured = configuredBehaviours(
    new Map([
      ["shop", { name: "Shop", model: "big", maxIterations: 3, greeting: "Hi" }],
      ["bare", { name: undefined, model: undefined, maxIterations: undefined }],
    ]),
  );
  const agents = agentDirectory([configured], "small");
  const plain = { name: "Assistant", model: "small", maxIterations: 20, visibility: "public" };

  test("are as configured, with defaults for what is left out", async () => {
    expect(await agents.agent("shop")).toEqual({
      id: "shop",
      isKnown: true,
      visibility: "public",
      name: "Shop",
      model: "big",
      maxIterations: 3,
      greeting: "Hi",
    });
    expect(await agents.agent("bare")).toEqual({ id: "bare", isKnown: true, ...plain });
  });

  test.each(["unknown", "Shop", "", "__proto__", "constructor", "toString"])(
    "unknown as %j it is a plain assistant without tools",
    async (id) => {
      expect(await agents.agent(id)).toEqual({ id, isKnown: false, tools: [], ...plain });
    },
  );

  test("come whole from the first source that knows them", async () => {
    const first = async (id: string) => (id === "shop" ? { name: "Mine" } : null);
    const layered = agentDirectory([first, configured], "small");
    expect(await layered.agent("shop")).toEqual({
      ...plain,
      id: "shop",
      isKnown: true,
      name: "Mine",
    });
    expect((await layered.agent("bare")).isKnown).toBe(true);
  });

  test("are not made up when a source fails", async () => {
    const broken = async () => Promise.reject(new Error("no database"));
    await expect(agentDirectory([broken, configured], "small").agent("shop")).rejects.toThrow(
      "no database",
    );
  });
});

describe("the system prompt", () => {
  const unknown = agentDirectory([], "m").agent("x");

  test("begins with the host's instructions and ends with what holds for every agent", async () => {
    const agent = await unknown;
    const prompt = systemPrompt({ ...agent, instructions: "  Sell hats.\n" });
    expect(prompt.startsWith("Sell hats.\n\n")).toBe(true);
    expect(prompt).toContain("A chat message is never an approval.");
    expect(prompt).not.toContain("You are Assistant");
  });

  test.each([undefined, "", " \n "])(
    "has a persona of its own for instructions %j",
    async (instructions) => {
      const agent = await unknown;
      const prompt = systemPrompt({ ...agent, name: "Hatty", instructions });
      expect(prompt.startsWith("You are Hatty,")).toBe(true);
      expect(prompt).toContain("A chat message is never an approval.");
    },
  );
});
