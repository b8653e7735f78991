import type {
  Conversation,
  ConversationState,
  TranscriptEntry,
} from "../state/conversation-state.js";
import type { MarkdownHost } from "../markdown/markdown.js";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { Cards } from "./cards.js";
import type { Chunks } from "./chunks.js";
import type { ConversationController } from "./conversation-controller.js";
import type { Strings } from "./strings.js";
import type { Wording } from "./wording.js";

/** What the parts of the panel are rendered from, and what they may ask for. */
export interface View {
  state: ConversationState;
  /** Those entries of the transcript that are drawn. */
  entries: readonly TranscriptEntry[];
  /** Whether there are earlier ones here, besides those that the server may have. */
  hasEarlier: boolean;
  /** Draws or fetches earlier ones. */
  earlier: () => void;
  /** Undefined until the panel was first opened. */
  conversation: Conversation | undefined;
  strings: Strings;
  /** What the words are in, and times and numbers: a BCP 47 tag. */
  locale: string;
  agentName: string;
  /** Unix milliseconds, for everything that counts down. */
  now: number;
  /** Whether the browser itself says that it has a network. */
  networkUp: boolean;
  cards: Cards;
  chunks: Chunks;
  markdown: MarkdownHost;
  /** Changes whenever something besides the entry itself changes how it looks. */
  revision: number;
  /** Sends a message unless the page objects; then it is still the visitor's to keep, and this is false. */
  send: (text: string) => boolean;
  /** Asks the page about a message that is to be sent on another way. */
  admits: (text: string) => boolean;
}

/** The view of this moment. */
export function viewOf(
  { state, conversation }: ConversationController,
  { strings, markdown, revision }: Wording,
  cards: Cards,
  chunks: Chunks,
  rest: Pick<View, "locale" | "entries" | "hasEarlier" | "earlier" | "send" | "admits">,
): View {
  return {
    state,
    conversation,
    strings,
    agentName: visibleCharacters(state.agent?.name ?? strings.agent),
    now: Date.now(),
    networkUp: navigator.onLine,
    cards,
    chunks,
    markdown,
    revision: revision + chunks.revision,
    ...rest,
  };
}
