import type { NewStep } from "../store/store.js";
import { STEP_SEPARATOR } from "./snapshot.js";
import type { TurnEvent } from "./turn-event.js";

/** What was told of a model step that is not stored yet. */
export type Said = Pick<NewStep, "index" | "text" | "reasoning">;

/**
 * The words of the model step under way, as the conversation heard them: when the turn is cut off,
 * this is what is kept of it.
 */
export class Utterance {
  #index: number | undefined;
  #follows = false;
  #text = "";
  #reasoning = "";

  /** @param follows whether an earlier step of the turn spoke, so that a separator comes first */
  begin(index: number, follows: boolean): void {
    this.#index = index;
    this.#follows = follows;
    this.#text = "";
    this.#reasoning = "";
  }

  /** The step is stored, or will never be. */
  end(): void {
    this.#index = undefined;
  }

  hear(event: TurnEvent): void {
    if (event.type === "stream_token") this.#text += event.token;
    if (event.type === "stream_reasoning") this.#reasoning += event.token;
  }

  /** Undefined when nothing was heard of a step that is under way. */
  said(): Said | undefined {
    if (this.#index === undefined) return undefined;
    const separates = this.#follows && this.#text.startsWith(STEP_SEPARATOR);
    const text = separates ? this.#text.slice(STEP_SEPARATOR.length) : this.#text;
    if (text === "" && this.#reasoning === "") return undefined;
    return { index: this.#index, text, reasoning: this.#reasoning };
  }
}
