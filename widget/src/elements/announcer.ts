import { isLive } from "../state/transcript.js";
import type { AgentEntry } from "../state/conversation-state.js";
import { announcements } from "./announcement.js";
import { AnswerSpeech } from "./answer-speech.js";
import type { Hearing, LiveRegion } from "./live-region.js";
import { SmoothAgentTurnEndEvent } from "./smooth-agent-events.js";

/** How often a growing answer is looked at for whole sentences, in milliseconds. */
const PACE_MS = 500;

/** Finds the words for what happens: answers sentence by sentence, never by token, all else in a line of its own. */
export class Announcer {
  readonly #speech = new AnswerSpeech();
  #answer: AgentEntry | undefined;
  #hearing: Hearing | undefined;
  #pace: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly region: Pick<LiveRegion, "say">) {}

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

  /** Says nothing more. */
  end(): void {
    clearTimeout(this.#pace);
    this.#hearing = undefined;
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
    if (!this.#hearing?.isMuted) this.region.say(line);
  }
}
