import { faultOf } from "../log/fault.js";
import type { TurnWithSteps } from "../store/records.js";
import { nameConversation } from "./conversation-title.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";
import { within } from "./within.js";
import { judgeStep } from "./workflow-judge.js";

/** What follows completed turns and holds up nobody: judging a workflow's step, naming a conversation. */
export class Aftermath {
  readonly #judges: Works = new Map();
  readonly #titles: Works = new Map();

  constructor(private readonly ports: TurnPorts) {}

  /** Begins what follows a turn whose terminal event was published. Returns at once. */
  begin(turn: TurnWithSteps, scene: Scene): void {
    const { ports } = this;
    // A turn begins after the judge of the one before was heard or given up.
    this.#start(this.#judges, turn, (signal) => judgeStep(turn, scene, ports, signal));
    // One that is still looking for a name has the conversation's first words.
    if (this.#titles.has(turn.conversationId)) return;
    this.#start(this.#titles, turn, (signal) => nameConversation(turn, scene, ports, signal));
  }

  /**
   * Waits a short while for what decides where the conversation's next turn stands; then gives it up,
   * which holds the step.
   */
  async settle(conversationId: string, signal: AbortSignal): Promise<void> {
    const judging = this.#judges.get(conversationId);
    if (!judging) return;
    await within(this.ports.limits.judgeWaitMs, judging.done, signal);
    judging.stop.abort();
    await judging.done;
  }

  /** Waits for everything that is under way, then gives the rest up. */
  async drain(timeoutMs: number): Promise<void> {
    const works = [...this.#judges.values(), ...this.#titles.values()];
    const all = Promise.all(works.map(({ done }) => done));
    await within(timeoutMs, all);
    for (const { stop } of works) stop.abort();
    await all;
  }

  #start(
    works: Works,
    { id: turnId, conversationId }: TurnWithSteps,
    task: (signal: AbortSignal) => Promise<void>,
  ): void {
    const stop = new AbortController();
    const done = task(stop.signal).catch((error: unknown) => {
      this.ports.log.error({ turnId, ...faultOf(error) }, "what follows a turn failed");
    });
    const work = { stop, done };
    works.set(conversationId, work);
    void done.then(() => {
      if (works.get(conversationId) === work) works.delete(conversationId);
    });
  }
}

/** By conversation. */
type Works = Map<string, Work>;

interface Work {
  stop: AbortController;
  /** Never rejects. */
  done: Promise<void>;
}
