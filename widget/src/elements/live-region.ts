import type { ConversationState } from "../state/conversation-state.js";
import type { Announcer } from "./announcer.js";
import type { Chunks } from "./chunks.js";
import { SmoothAgentStatusEvent } from "./smooth-agent-events.js";
import type { Strings } from "./strings.js";

/** How long after the last words nothing is left to be come upon a second time, in milliseconds. */
const LINGER_MS = 8_000;

/** What there is to hear, and the words for it. */
export interface Hearing {
  state: ConversationState;
  strings: Strings;
  agentName: string;
  locale?: string | undefined;
  /** While nobody sees the panel nothing is said, and it is not made up for later. */
  isMuted: boolean;
}

/** Where a screen reader hears of what happens in the open panel, once what has the words for it is there. */
export class LiveRegion {
  readonly element = document.createElement("div");
  #announcer: Announcer | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  /** Of which conversation it is. */
  #round = {};

  constructor(readonly chunks: Chunks) {
    this.element.className = "hidden";
    this.element.setAttribute("aria-live", "polite");
    // Only what was added is read, not all of it again.
    this.element.setAttribute("aria-atomic", "false");
    this.element.setAttribute("aria-relevant", "additions");
  }

  /**
   * Says what of these events is worth hearing, after what was answered before them.
   *
   * @param hearing asked now, and once more for the words when they are there
   */
  hear(events: Event[], hearing: () => Hearing): void {
    // That a connection comes about is no news, and nothing need be fetched for it.
    if (!this.#announcer && events.every((event) => event instanceof SmoothAgentStatusEvent))
      return;
    const round = this.#round;
    const heard = hearing();
    this.chunks.whenThere("answers", (answers) => {
      if (round !== this.#round) return;
      this.#announcer ??= new answers.Announcer(this);
      this.#announcer.hear(events, { ...heard, strings: hearing().strings });
    });
  }

  /** Says what was answered by now, soon. To be called whenever something may have changed. */
  follow(hearing: Hearing): void {
    this.#announcer?.follow(hearing);
  }

  /** Nothing of what was said may be heard any more. */
  clear(): void {
    this.#round = {};
    this.#announcer?.end();
    this.#announcer = undefined;
    this.#empty();
  }

  /** Says a line, politely. */
  say(line: string): void {
    const spoken = document.createElement("p");
    spoken.textContent = line;
    this.element.append(spoken);
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => this.#empty(), LINGER_MS);
  }

  #empty(): void {
    clearTimeout(this.#linger);
    this.element.replaceChildren();
  }
}
