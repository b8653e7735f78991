import { afterEach, describe, expect, test, vi } from "vitest";
import { gatewayLimits } from "./gateway-limits.js";
import { Watchdog } from "./watchdog.js";

function guarded(): { watchdog: Watchdog; caller: AbortController } {
  const caller = new AbortController();
  return {
    watchdog: new Watchdog(gatewayLimits(), performance.now() + 60_000, caller.signal),
    caller,
  };
}

afterEach(() => void vi.useRealTimers());

describe("a watchdog", () => {
  test("passes the caller's abort on", () => {
    const { watchdog, caller } = guarded();
    expect(() => watchdog.check()).not.toThrow();
    caller.abort();
    expect(watchdog.signal.aborted).toBe(true);
    expect(() => watchdog.check()).toThrow(expect.objectContaining({ fault: "aborted" }));
    watchdog.release();
  });

  test("closes an unfinished request when it is released, and says nothing after", () => {
    const { watchdog, caller } = guarded();
    watchdog.release();
    caller.abort();
    expect(watchdog.signal.aborted).toBe(true);
    expect(watchdog.verdict).toBeUndefined();
  });

  test("leaves the request of a whole answer alone", () => {
    const { watchdog, caller } = guarded();
    watchdog.answerIsWhole();
    caller.abort();
    watchdog.release();
    expect(watchdog.signal.aborted).toBe(false);
  });

  test("keeps its first verdict", async () => {
    const { watchdog, caller } = guarded();
    watchdog.tokensFlow();
    watchdog.finishReasonCame();
    caller.abort();
    await expect(watchdog.bytes(Promise.reject(new Error("closed")))).rejects.toBe(
      watchdog.verdict,
    );
    expect(watchdog.verdict?.fault).toBe("aborted");
    watchdog.release();
  });

  test.each(["its caller stops", "its time is up"])(
    "keeps no timer once %s, although nobody comes back to let go of it",
    (why) => {
      vi.useFakeTimers();
      const { watchdog, caller } = guarded();
      expect(vi.getTimerCount()).toBe(2);
      if (why === "its caller stops") caller.abort();
      else vi.advanceTimersByTime(gatewayLimits().firstTokenMs);
      expect(watchdog.signal.aborted).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});
