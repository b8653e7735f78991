import { describe, expect, test } from "vitest";
import { replyText } from "./turn-end.js";
import { stepWith, turnWith } from "./turn.fixture.js";

describe("the text of a turn that was cut off", () => {
  const turn = turnWith([
    stepWith({ index: 0, text: "First." }),
    stepWith({ index: 1, text: "Second, whole." }),
  ]);

  test("is that of its steps and of what was told of the next", () => {
    const told = { index: 2, text: "Thi", reasoning: "" };
    expect(replyText(turn, told)).toBe("First.\n\nSecond, whole.\n\nThi");
  });

  test("has a step that was stored meanwhile once, as far as it was told", () => {
    const told = { index: 1, text: "Second", reasoning: "" };
    expect(replyText(turn, told)).toBe("First.\n\nSecond");
  });
});
