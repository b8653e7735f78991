import { isLive } from "../state/transcript.js";
import type { AgentEntry, ConversationState } from "../state/conversation-state.js";
import { announcements } from "./announcement.js";
import { AnswerSpeech } from "./answer-speech.js";
import { SmoothAgentTurnEndEvent } from "./smooth-agent-events.js";
import type { Strings } from "./strings.js";

/** How often a growing answer is looked at for whole sentences, in milliseconds. */
const PACE_MS = 500;
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

/**
 * The live region in which a screen reader hears of what happens in the open panel: answers sentence by
 * sentence, never by token, and everything else in a line of its own.
 */
export class Announcer {
  readonly region = liveRegion();
  readonly #speech = new AnswerSpeech();
  #answer: AgentEntry | undefined;
  #hearing: Hearing | undefined;
  #pace: ReturnType<typeof setTimeout> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;

  /** Says what of these events is worth hearing, after what was answered before them. */
  hear(events: Event[], hearing: Hearing): void {
    this.#hearing = hearing;
    this.#speak(events.find((event) => event instanceof SmoothAgentTurnEndEvent)?.requestId);
    for (const line of announcements(events, hearing)) this.#say(line);
  }

  /** Says what was answered by now, soon. To be called whenever something may have changed. */
  follow(hearing: Hearing): void {
    this.#hearing = hearing;
    if (hearing.state.activeTurnId === undefined) return;
    this.#pace ??= setTimeout(() => this.#speak(), PACE_MS);
  }

  /** Nothing of what was said may be heard any more. */
  clear(): void {
    clearTimeout(this.#pace);
    clearTimeout(this.#linger);
    this.#pace = this.#answer = undefined;
    this.region.replaceChildren();
  }

  /** @param ended the answer that has just come to its end */
  #speak(ended?: string): void {
    clearTimeout(this.#pace);
    this.#pace = undefined;
    const { state, strings, agentName, locale } = this.#hearing ?? {};
    const answer = state?.transcript.findLast(
      (entry) => entry.kind === "agent" && (entry.id === ended || isLive(entry)),
    );
    if (!strings || answer?.kind !== "agent" || answer === this.#answer) return;
    this.#answer = answer;
    const opens = this.#speech.isNew(answer.id);
    const said = this.#speech.next(answer, answer.status === "completed", locale, strings);
    for (const [index, sentence] of said.entries()) {
      const isFirst = opens && index === 0;
      this.#say(isFirst ? strings.announceAnswer(agentName ?? "", sentence) : sentence);
    }
  }

  #say(line: string): void {
    if (this.#hearing?.isMuted) return;
    const spoken = document.createElement("p");
    spoken.textContent = line;
    this.region.append(spoken);
    clearTimeout(this.#linger);
    this.#linger = setTimeout(() => this.region.replaceChildren(), LINGER_MS);
  }
}

function liveRegion(): HTMLElement {
  const region = document.createElement("div");
  region.className = "hidden";
  region.setAttribute("aria-live", "polite");
  // Only what was added is read, not all of it again.
  region.setAttribute("aria-atomic", "false");
  region.setAttribute("aria-relevant", "additions");
  return region;
}
