import { expect, it } from "vitest";
import { lookupPolicy } from "./policy-tool.js";

it("tells what is done about a piece that arrived broken, and asks nobody", async () => {
  const tool = lookupPolicy();
  expect(tool.confirm).toBeUndefined();
  expect(await tool.execute({ about: "broken" }, context)).toMatchObject({
    howLong: "at any time",
    sendBack: "no, a word is enough",
  });
});

const context = {
  visitor: null,
  idempotencyKey: "key",
  signal: AbortSignal.timeout(1_000),
} as Parameters<ReturnType<typeof lookupPolicy>["execute"]>[1];
