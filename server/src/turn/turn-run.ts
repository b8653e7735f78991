import type { ActiveTurn } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import { faultOf } from "../log/fault.js";
import type { TurnRecord } from "../store/records.js";
import { advanceTurn, type Beside } from "./advance-turn.js";
import type { Aftermath } from "./aftermath.js";
import { isOtpEvent } from "./otp-challenge.js";
import type { TurnPorts } from "./ports.js";
import { Preamble } from "./preamble.js";
import { afterEvent, snapshotOf } from "./snapshot.js";
import { endsTurn } from "./terminal.js";
import { failTurn } from "./turn-end.js";
import type { TurnEvent } from "./turn-event.js";
import { Utterance } from "./utterance.js";

/** How long to wait before a turn whose end could not be stored is tried again, in milliseconds. */
const STORAGE_RETRY_MS = 1_000;

/** One turn under way in this process: advances it and tells its conversation. */
export class TurnRun {
  readonly utterance = new Utterance();
  readonly #controller = new AbortController();
  readonly #signal = this.#controller.signal;

  constructor(
    readonly turnId: string,
    private readonly ports: TurnPorts,
    private readonly backplane: Backplane,
    private readonly aftermath: Aftermath,
    /** Whether nobody has run the turn before. */
    private readonly isNew: boolean,
  ) {}

  /** Whether it was told to stop: what became of its turn was said, or is another's to say. */
  get isStopped(): boolean {
    return this.#signal.aborted;
  }

  /** Stops at once and says nothing more. */
  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Resolves when the turn ended, parked or was stopped. Never rejects. */
  async go(): Promise<void> {
    try {
      await this.#run();
    } catch (error) {
      this.ports.log.error({ turnId: this.turnId, ...faultOf(error) }, "turn stopped");
    }
  }

  async #run(): Promise<void> {
    const { store } = this.ports;
    const read = () => this.#patiently(() => store.turn(this.turnId));
    const found = await read();
    if (!found) return;
    const { conversationId, requestId } = found;
    let withdraw = () => {};
    // A cancel, here or on another instance, is heard as everybody else hears it; nothing follows it.
    const following = await this.backplane.follow(conversationId, ({ event }) => {
      if (event.type !== "cancelled" || event.requestId !== requestId) return;
      withdraw();
      this.abort();
    });
    try {
      // Read again now that a cancel is heard: of one that came before, only the store knows.
      const turn = await read();
      if (turn?.state !== "running" || this.#signal.aborted) return;
      let snapshot: ActiveTurn = snapshotOf(turn);
      withdraw = this.backplane.offer(conversationId, () => snapshot);
      await this.aftermath.settle(conversationId, this.#signal);
      if (this.#signal.aborted) return;
      await this.#advance(turn, (event) => {
        snapshot = afterEvent(snapshot, event);
        this.utterance.hear(event);
        // Whoever joins after the end must not be handed a snapshot whose end never comes.
        if (endsTurn(event)) withdraw();
        // A page or a code is asked for by the session whose turn it is, and no other one of the conversation.
        const isOfSession = event.type === "client_tool_call" || isOtpEvent(event);
        const only = isOfSession && { sessionId: turn.sessionId };
        this.backplane.publish(conversationId, { event, ...only });
      });
    } finally {
      following.stop();
      withdraw();
    }
  }

  async #advance(turn: TurnRecord, publish: (event: TurnEvent) => void): Promise<void> {
    const { ports, utterance, aftermath, isNew } = this;
    const preamble = new Preamble(publish);
    const stopPreamble = () => preamble.stop();
    this.#signal.addEventListener("abort", stopPreamble, { once: true });
    const tell = (event: TurnEvent) => {
      if (this.#signal.aborted) return;
      // The answer begins with this; reasoning is still part of the wait.
      if (event.type !== "stream_reasoning") preamble.stop();
      publish(event);
    };
    const beside: Beside = {
      begins: (turn, scene) => isNew && preamble.begin(turn, scene, ports),
      completed: (turn, scene) => aftermath.begin(turn, scene),
    };
    try {
      const events = advanceTurn(turn.id, ports, this.#signal, utterance, beside);
      for await (const event of events) tell(event);
    } catch (error) {
      if (this.#signal.aborted) return;
      ports.log.error({ turnId: turn.id, ...faultOf(error) }, "turn failed");
      await this.#patiently(async () => {
        const failing = failTurn(turn, ports, utterance.said(), { retryable: true });
        for await (const event of failing) tell(event);
      });
    } finally {
      preamble.stop();
      this.#signal.removeEventListener("abort", stopPreamble);
    }
  }

  // The database may be gone for a while: the turn must still end, so that nobody waits for ever.
  async #patiently<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    while (!this.#signal.aborted) {
      try {
        return await work();
      } catch (error) {
        const { turnId } = this;
        this.ports.log.error({ turnId, ...faultOf(error) }, "turn waits for the database");
        await new Promise((resolve) => setTimeout(resolve, STORAGE_RETRY_MS).unref());
      }
    }
    return undefined;
  }
}
