import { expect, test, vi } from "vitest";
import { ApprovalGate, ARMING_MS } from "./approval-gate.js";

const press = (timeStamp: number, isTrusted = true) => ({ timeStamp, isTrusted });

test("a press counts once its question has been in view for half a second", () => {
  const gate = new ApprovalGate();
  gate.visible = true;
  gate.seen("a", 1_000);
  gate.seen("a", 1_400);
  expect(gate.admits("a", press(1_000 + ARMING_MS - 1))).toBe(false);
  expect(gate.admits("a", press(1_000 + ARMING_MS))).toBe(true);
  expect(gate.admits("b", press(9_000))).toBe(false);
});

test("a press that a script made never counts", () => {
  const gate = new ApprovalGate();
  gate.visible = true;
  gate.seen("a", 0);
  expect(gate.admits("a", press(9_000, false))).toBe(false);
});

test("time behind a closed panel does not count", () => {
  const gate = new ApprovalGate();
  gate.seen("a", 0);
  expect(gate.admits("a", press(9_000))).toBe(false);
  gate.visible = true;
  gate.seen("a", 9_000);
  gate.visible = false;
  gate.visible = true;
  gate.seen("a", 20_000);
  expect(gate.admits("a", press(20_100))).toBe(false);
  expect(gate.admits("a", press(20_600))).toBe(true);
});

test("it says when presses begin to count, so that the buttons can show it", () => {
  vi.useFakeTimers();
  const armed = vi.fn<() => void>();
  const gate = new ApprovalGate(armed);
  gate.visible = true;
  gate.seen("a", 0);
  expect(gate.isArmed("a", ARMING_MS - 1)).toBe(false);
  vi.advanceTimersByTime(ARMING_MS - 1);
  expect(armed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(armed).toHaveBeenCalledTimes(1);
  expect(gate.isArmed("a", ARMING_MS)).toBe(true);
  vi.useRealTimers();
});

test("where cover is told, no press counts before nothing lies over the question", () => {
  const gate = new ApprovalGate(() => undefined, true);
  gate.visible = true;
  gate.seen("a", 0);
  expect(gate.admits("a", press(9_000))).toBe(false);
  gate.uncover("a", true, 9_000);
  expect(gate.admits("a", press(9_499))).toBe(false);
  expect(gate.admits("a", press(9_500))).toBe(true);
  gate.uncover("a", false, 10_000);
  gate.seen("a", 10_000);
  expect(gate.admits("a", press(20_000))).toBe(false);
  gate.uncover("a", true, 20_000);
  expect(gate.admits("a", press(20_100))).toBe(false);
});

test("what is turned back to arms anew, where nobody tells of cover as well", () => {
  const gate = new ApprovalGate();
  gate.visible = true;
  gate.seen("a", 0);
  expect(gate.admits("a", press(5_000))).toBe(true);
  gate.uncover("a", false, 5_000);
  gate.seen("a", 5_010);
  expect(gate.admits("a", press(5_100))).toBe(false);
  expect(gate.admits("a", press(5_600))).toBe(true);
});
