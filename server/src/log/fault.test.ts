import { describe, expect, test } from "vitest";
import { faultOf } from "./fault.js";

const SECRET = "card 4111";

describe("faultOf", () => {
  test("says class, code, place and cause", () => {
    const cause = Object.assign(new TypeError("x"), { code: "E_X" });
    const fault = faultOf(new RangeError("y", { cause }));
    expect(fault).toMatchObject({
      error: "RangeError",
      cause: { error: "TypeError", code: "E_X" },
    });
    expect(fault.at).toMatch(/^at .*fault\.test\.ts:\d+:\d+/);
    expect(fault).not.toHaveProperty("code");
  });

  test.each<[string, (text: string) => unknown]>([
    ["in its message", (text) => new Error(text)],
    ["in a message that looks like a stack", (text) => new Error(`x\n    at ${text}`)],
    ["in a message of several lines", (text) => new Error(`\n at ${text}\n at ${text}\n`)],
    ["in a message that was changed later", changedLater],
    ["in its cause", (text) => new Error("x", { cause: new Error(`\n  at ${text}`) })],
    ["in a cause that is text", (text) => new Error("x", { cause: text })],
    ["in a cause that is an object", (text) => new Error("x", { cause: { text } })],
    ["in another field", (text) => Object.assign(new Error("x"), { input: text, errors: [text] })],
    ["in a code that is no text", (text) => Object.assign(new Error("x"), { code: { text } })],
    ["as thrown text", (text) => text],
    ["in a thrown object", (text) => ({ name: text, message: text, stack: text, code: text })],
    ["in a list of errors", (text) => new AggregateError([new Error(text)], text)],
  ])("keeps to itself what is %s", (_, make) => {
    expect(JSON.stringify(faultOf(make(SECRET)))).not.toContain(SECRET);
  });

  test("ends although an error is its own cause", () => {
    const error = new Error("x");
    error.cause = new Error("y", { cause: error });
    expect(JSON.stringify(faultOf(error)).length).toBeLessThan(10_000);
  });

  test.each([undefined, null, 1, "text", {}, []])("says of %j only what it is", (thrown) => {
    expect(faultOf(thrown)).toEqual({ error: typeof thrown });
  });

  test("does without a stack", () => {
    const error = new Error("x");
    delete error.stack;
    expect(faultOf(error)).toEqual({ error: "Error" });
  });
});

function changedLater(text: string): Error {
  const error = new Error(`\n    at ${text}`);
  error.message = "harmless";
  return error;
}
