import type { AgentEntry } from "../state/conversation-state.js";
import { spokenSentences } from "./spoken-sentences.js";

/** Longer answers are read out by their beginning; the conversation has the rest. */
const SPOKEN_CHARACTERS = 600;

/** The words with which an answer is read out. */
export interface SpeechWords {
  announceCode: string;
  announceMore: string;
}

/** Reads out answers while they come, each sentence once, whatever is replayed or replaced. */
export class AnswerSpeech {
  #id: string | undefined;
  #said: string[] = [];
  #length = 0;

  /**
   * What is new to say of an answer.
   *
   * @param isWhole whether nothing more comes
   */
  next(
    { id, parts }: Pick<AgentEntry, "id" | "parts">,
    isWhole: boolean,
    locale: string | undefined,
    words: SpeechWords,
  ): string[] {
    if (id !== this.#id) this.#begin(id);
    if (this.#length > SPOKEN_CHARACTERS) return [];
    const all = parts.flatMap((part, index) => {
      if (part.type !== "text") return [];
      // Beyond that nothing is said, so that nothing need be looked at.
      const text = part.text.slice(0, 4 * SPOKEN_CHARACTERS);
      const ends = text === part.text && (isWhole || index < parts.length - 1);
      return spokenSentences(text, ends, locale, words.announceCode);
    });
    const known = [...this.#said];
    const fresh: string[] = [];
    for (const sentence of all) {
      const place = known.indexOf(sentence);
      if (place >= 0) known.splice(place, 1);
      else if (!this.#add(sentence)) return [...fresh, words.announceMore];
      else fresh.push(shortened(sentence));
    }
    return fresh;
  }

  /** Whether nothing was said of this answer yet. */
  isNew(id: string): boolean {
    return id !== this.#id || this.#said.length === 0;
  }

  #begin(id: string): void {
    this.#id = id;
    this.#said = [];
    this.#length = 0;
  }

  #add(sentence: string): boolean {
    this.#length += sentence.length;
    if (this.#length > SPOKEN_CHARACTERS && this.#said.length > 0) return false;
    this.#said.push(sentence);
    return true;
  }
}

/** A sentence that nobody would listen to, up to a word. */
function shortened(sentence: string): string {
  if (sentence.length <= SPOKEN_CHARACTERS) return sentence;
  return `${sentence.slice(0, SPOKEN_CHARACTERS).replace(/\S*$/, "")}…`;
}
