import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { memoryRates, RATE_LIMITS } from "./rates.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIMITS = {
  ...RATE_LIMITS,
  messagesPerMinute: 2,
  messagesPerMinutePerAddress: 3,
  sessionsPerMinutePerAddress: 2,
};

describe("messages", () => {
  test("are admitted again when the visitor's minute is over", async () => {
    const rates = memoryRates(LIMITS);
    expect(await rates.message("ann", "192.0.2.1")).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(await rates.message("ann", "192.0.2.2")).toBe(0);
    expect(await rates.message("ann", "192.0.2.3")).toBe(50_000);
    vi.advanceTimersByTime(49_000);
    // What was refused does not make the wait longer.
    expect(await rates.message("ann", "192.0.2.3")).toBe(1_000);
    vi.advanceTimersByTime(1_000);
    expect(await rates.message("ann", "192.0.2.3")).toBe(0);
  });

  test("of one address are bounded over all its visitors", async () => {
    const rates = memoryRates(LIMITS);
    for (const visitor of ["a", "b", "c"]) {
      expect(await rates.message(visitor, "192.0.2.1")).toBe(0);
    }
    expect(await rates.message("d", "192.0.2.1")).toBe(60_000);
    expect(await rates.message("d", "192.0.2.2")).toBe(0);
  });

  test("that a visitor had refused do not count against the others of the address", async () => {
    const rates = memoryRates(LIMITS);
    for (let n = 0; n < 50; n += 1) await rates.message("loud", "192.0.2.1");
    expect(await rates.message("calm", "192.0.2.1")).toBe(0);
  });
});

test("sessions are bounded per address, and apart from messages", async () => {
  const rates = memoryRates(LIMITS);
  for (const address of ["2001:db8::1", "2001:db8::2"]) {
    expect(await rates.session(address)).toBe(0);
  }
  expect(await rates.session("2001:db8::3")).toBe(60_000);
  expect(await rates.session("2001:db8:0:1::3")).toBe(0);
  expect(await rates.message("ann", "2001:db8::3")).toBe(0);
});

test("nothing is kept of a visitor whose minute is over", async () => {
  const rates = memoryRates(LIMITS);
  for (let n = 0; n < 1_000; n += 1) await rates.message(`visitor ${n}`, `192.0.${n % 250}.1`);
  expect(vi.getTimerCount()).toBeGreaterThan(1_000);
  vi.advanceTimersByTime(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("a limit of nothing admits nothing", async () => {
  const rates = memoryRates({ ...LIMITS, messagesPerMinute: 0, sessionsPerMinutePerAddress: 0 });
  expect(await rates.message("ann", "192.0.2.1")).toBeGreaterThan(0);
  expect(await rates.session("192.0.2.1")).toBeGreaterThan(0);
});
