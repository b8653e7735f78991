import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { breaker, CircuitOpenError } from "./breaker.js";
import { GatewayError, type GatewayFault } from "./gateway.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const LIMITS = { breakerFaults: 3, breakerMs: 100 };

/** What happens next: a request that ends so, or a time that passes. */
type Happening = "answer" | "half an answer" | GatewayFault | number;

const happening = fc.oneof(
  fc.constantFrom<Happening>("answer", "half an answer", "unavailable", "timeout"),
  fc.constantFrom<Happening>("unavailable", "rate_limited", "rejected", "aborted"),
  fc.constantFrom<Happening>("unavailable", "unavailable", "unauthenticated"),
  fc.integer({ min: 1, max: 120 }),
);

/** The rules in their plainest words. */
class Model {
  #faults = 0;
  #openUntil: number | undefined;

  constructor(private readonly now: () => number) {}

  admits(): boolean {
    return this.#openUntil === undefined || this.now() >= this.#openUntil;
  }

  ended(how: Exclude<Happening, number>): void {
    const isTrial = this.#openUntil !== undefined;
    const isFault = how === "unavailable" || how === "timeout";
    if (how === "aborted") return;
    if (how === "half an answer" && !isTrial) return this.#fault();
    if (isFault) return this.#fault();
    this.#openUntil = undefined;
    // A refusal shows that the gateway lives; only an answer shows that it is well.
    if (how === "answer" || how === "half an answer") this.#faults = 0;
  }

  #fault(): void {
    this.#faults += 1;
    if (this.#faults >= LIMITS.breakerFaults) this.#openUntil = this.now() + LIMITS.breakerMs;
  }
}

async function* request(how: Exclude<Happening, number>): AsyncGenerator<string> {
  if (how === "answer" || how === "half an answer") yield "text";
  if (how === "half an answer") throw new GatewayError("unavailable", "broke off");
  if (how !== "answer") throw new GatewayError(how, "failed");
}

test("any row of ends and pauses lets through what the rules let through", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
      const guarded = breaker(LIMITS);
      const model = new Model(Date.now);
      for (const next of happenings) {
        if (typeof next === "number") {
          vi.setSystemTime(Date.now() + next);
          continue;
        }
        let wasSent = false;
        const open = () => {
          wasSent = true;
          return request(next);
        };
        const expected = model.admits();
        try {
          for await (const _ of guarded.guard(open, new AbortController().signal));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect(error instanceof CircuitOpenError).toBe(!wasSent);
        }
        expect(wasSent).toBe(expected);
        if (wasSent) model.ended(next);
      }
    }),
    { numRuns: 500 },
  );
});
