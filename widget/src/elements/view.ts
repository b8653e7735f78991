import type { Conversation, ConversationState } from "../state/conversation-state.js";
import type { MarkdownHost } from "../markdown/markdown.js";
import type { ApprovalGate } from "./approval-gate.js";
import type { Strings } from "./strings.js";

/** What the parts of the panel are rendered from, and what they may ask for. */
export interface View {
  state: ConversationState;
  /** Undefined until the panel was first opened. */
  conversation: Conversation | undefined;
  strings: Strings;
  agentName: string;
  /** Unix milliseconds, for everything that counts down. */
  now: number;
  /** Whether the browser itself says that it has a network. */
  networkUp: boolean;
  gate: ApprovalGate;
  markdown: MarkdownHost;
  /** Changes whenever something besides the entry itself changes how it looks. */
  revision: number;
  send: (text: string) => void;
}
