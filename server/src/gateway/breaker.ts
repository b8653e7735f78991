import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
} from "cockatiel";
import { GatewayError } from "./gateway.js";
import { gatewayErrorOf } from "./gateway-fault.js";

export interface BreakerLimits {
  /** Faults in a row, over all conversations, after which a gateway is left alone; 0: never. */
  breakerFaults: number;
  /** How long it is left alone before one request tries it again, in milliseconds. */
  breakerMs: number;
}

/** Ten steps in a row that failed with all their retries: one visitor whose prompt stalls is not enough. */
export const BREAKER_LIMITS: BreakerLimits = { breakerFaults: 30, breakerMs: 5_000 };

/** Keeps requests from a gateway that is down, so that nobody waits for it and it can recover. */
export interface Breaker {
  /**
   * Passes on what `open` yields, and counts how it ended. A fault is what is the gateway's own: not
   * reachable, broken off, silent. A refusal (4xx, too many requests) shows that it lives, and an abort
   * shows nothing.
   *
   * @param signal the caller's: whatever is thrown once it was aborted is taken for the abort
   * @throws {CircuitOpenError} without calling `open`, while the gateway is left alone
   */
  guard<Part>(
    open: () => AsyncIterable<Part>,
    signal: AbortSignal,
  ): AsyncGenerator<Part, void, undefined>;
}

/** Nothing was sent: the gateway failed too often a moment ago. */
export class CircuitOpenError extends GatewayError {
  constructor(retryAfterMs: number) {
    super("unavailable", "the gateway is left alone after repeated faults", { retryAfterMs });
  }
}

/** @param onChange told when the gateway is left alone, and when it is used again */
export function breaker(
  { breakerFaults, breakerMs }: BreakerLimits,
  onChange: (isOpen: boolean) => void = () => {},
): Breaker {
  let openUntil = 0;
  const policy = circuitBreaker(handleWhen(isCounted), {
    breaker: new ConsecutiveBreaker(breakerFaults > 0 ? breakerFaults : Infinity),
    // A trial that its visitor gave up says nothing: the next request is the trial.
    halfOpenAfter: new DelegateBackoff(({ result }) =>
      "error" in result && result.error instanceof TrialGivenUp ? 0 : breakerMs,
    ),
  });
  policy.onBreak((reason) => {
    const isTrial = "error" in reason && reason.error instanceof TrialGivenUp;
    openUntil = isTrial ? 0 : Date.now() + breakerMs;
    if (!isTrial) onChange(true);
  });
  policy.onReset(() => onChange(false));

  /** Lets one request through, and waits to be told how it ends. */
  const enter = () => {
    const isTried = policy.state === CircuitState.HalfOpen;
    const outcome = openOutcome();
    const counted = isTried ? undefined : policy.execute(() => outcome.promise).catch(() => {});
    const isTrial = policy.state === CircuitState.HalfOpen;
    if (isTried || policy.state === CircuitState.Open) {
      throw new CircuitOpenError(isTried ? breakerMs : Math.max(openUntil - Date.now(), 0));
    }
    return { isTrial, counted, ...outcome };
  };

  return {
    async *guard(open, signal) {
      const { isTrial, counted, resolve, reject } = enter();
      let hasAnswered = false;
      try {
        for await (const part of open()) {
          hasAnswered = true;
          // Others are refused until a trial is decided: it is as soon as anything comes.
          if (isTrial) resolve();
          yield part;
        }
        resolve();
      } catch (error) {
        const failure = signal.aborted ? LEFT : gatewayErrorOf(error);
        reject(isTrial && failure.fault === "aborted" ? new TrialGivenUp() : failure);
        throw error;
      } finally {
        // A reader that has what it wants leaves in the middle.
        if (hasAnswered) resolve();
        else reject(isTrial ? new TrialGivenUp() : LEFT);
        await counted;
      }
    },
  };
}

const LEFT = new GatewayError("aborted", "the reader left");

/** A trial ended without telling anything about the gateway. */
class TrialGivenUp extends Error {}

function isCounted(error: Error): boolean {
  if (error instanceof TrialGivenUp) return true;
  return error instanceof GatewayError && ["unavailable", "timeout"].includes(error.fault);
}

function openOutcome() {
  let resolve = () => {};
  let reject = (_error: unknown) => {};
  const promise = new Promise<void>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  return { promise, resolve, reject };
}
