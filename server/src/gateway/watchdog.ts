import { GatewayError } from "./gateway.js";
import type { GatewayLimits } from "./gateway-limits.js";

/**
 * Guards one HTTP request: aborts `signal` when the caller stops, or when one of the limits passes.
 * Time that the reader of the parts spends between two reads counts for the total limit only.
 */
export class Watchdog {
  readonly #request = new AbortController();
  readonly #limits: GatewayLimits;
  readonly #caller: AbortSignal;
  readonly #onAbort = () => this.#stop(new GatewayError("aborted", "aborted by the caller"));
  readonly #total: NodeJS.Timeout;
  #phase: "first-token" | "flowing" | "finishing" = "first-token";
  #timer: NodeJS.Timeout | undefined;
  #verdict: GatewayError | undefined;
  #complete = false;

  /** @param deadline when the whole step must have ended, on the clock of `performance.now()` */
  constructor(limits: GatewayLimits, deadline: number, caller: AbortSignal) {
    this.#limits = limits;
    this.#caller = caller;
    this.#total = this.#expire(deadline - performance.now(), "the step took too long altogether");
    this.#timer = this.#expire(limits.firstTokenMs, "no first token in time");
    caller.addEventListener("abort", this.#onAbort, { once: true });
    if (caller.aborted) this.#onAbort();
  }

  /** Hand this to the HTTP request. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }

  /** Why the request was aborted, whatever error that made elsewhere. */
  get verdict(): GatewayError | undefined {
    return this.#verdict;
  }

  /** Whether the answer was read to its regular end, so that its connection may be kept. */
  get complete(): boolean {
    return this.#complete;
  }

  /** @throws {GatewayError} the verdict, if there is one */
  check(): void {
    if (this.#verdict) throw this.#verdict;
  }

  /**
   * Awaits a read, under the idle limit once tokens flow.
   *
   * @throws the verdict, if there is one, else what `read` throws
   */
  async bytes<T>(read: Promise<T>): Promise<T> {
    const flowing = this.#phase === "flowing";
    const timer = flowing ? this.#expire(this.#limits.idleMs, "the stream fell silent") : undefined;
    try {
      const result = await read;
      this.check();
      return result;
    } catch (error) {
      throw this.#verdict ?? error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The first token came: from now on only silence and the total limit count. */
  tokensFlow(): void {
    if (this.#phase !== "first-token") return;
    this.#phase = "flowing";
    clearTimeout(this.#timer);
  }

  /** The finish reason came: what is left to come has a short time, whatever trickles in. */
  finishReasonCame(): void {
    if (this.#phase === "finishing") return;
    this.#phase = "finishing";
    clearTimeout(this.#timer);
    this.#timer = this.#expire(this.#limits.usageGraceMs, "no end after the finish reason");
  }

  /** The answer is whole: from now on nothing aborts the request, so that its connection lives on. */
  answerIsWhole(): void {
    this.#complete = true;
  }

  /** Ends the guard; closes the request unless its answer is whole. */
  release(): void {
    this.#unwatch();
    if (!this.#complete) this.#request.abort();
  }

  #unwatch(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#total);
    this.#caller.removeEventListener("abort", this.#onAbort);
  }

  #expire(ms: number, reason: string): NodeJS.Timeout {
    return setTimeout(
      () => this.#stop(new GatewayError("timeout", reason)),
      Math.min(Math.max(ms, 0), MAX_TIMER_MS),
    );
  }

  #stop(verdict: GatewayError): void {
    this.#verdict ??= verdict;
    // Whoever reads may never come back for it: nothing of this may outlive it.
    this.#unwatch();
    if (!this.#complete) this.#request.abort();
  }
}

/** A longer timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
