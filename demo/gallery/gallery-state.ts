import type { Conversation, ConversationState } from "@smooth-agent/widget/conversation";

/** Something done to a shown state, inside the element; `press` and `fill` name an element by a selector. */
export type Act =
  | { press: string }
  | { fill: string; text: string }
  /** The transcript is scrolled so far up. */
  | { scrollUp: number }
  /** Only a person's own press counts; the gallery says so, and a script plays it with a real mouse. */
  | { tap: string };

/** One state of the chat, as the gallery shows it. */
export interface GalleryState {
  /** In the address, so no two of a family are the same. */
  name: string;
  /** What is to be seen, in a few words. */
  title: string;
  conversation?: Partial<ConversationState>;
  /** Changes that come after it was first shown, one after another. */
  later?: readonly Partial<ConversationState>[];
  acts?: readonly Act[];
  /** The panel is not open. */
  closed?: boolean;
  /** Properties of the element. */
  settings?: Readonly<Record<string, unknown>>;
  /** What the conversation answers where silence is not enough. */
  answers?: Partial<Conversation>;
  /** Pixels of its frame; 640 when absent. */
  height?: number;
}

/** States that belong together. */
export interface GalleryFamily {
  name: string;
  title: string;
  states: readonly GalleryState[];
}
