import { LitElement, type PropertyDeclaration } from "lit";
import { property } from "lit/decorators.js";
import type { ClientTools } from "../client/index.js";
import type { Conversation } from "../state/conversation-state.js";
import type { Strings } from "./strings.js";

/**
 * What a host sets on the element, as properties or attributes; each may change at any time.
 */
export class Settings extends LitElement {
  /** The server: a ws or http URL, `/ws` when it has no path. A change begins a new conversation. */
  @property() endpoint: string | undefined;

  /** The agent to talk to. A change begins a new conversation. */
  @property({ attribute: "agent-id" }) agentId: string | undefined;

  @property({ attribute: "user-name" }) userName: string | undefined;
  @property({ attribute: "user-email" }) userEmail: string | undefined;
  /** Stored with the conversation; read when it begins. */
  @property({ attribute: false }) metadata: Record<string, unknown> | undefined;
  /** Functions of the page that the agent may call; read when the conversation begins. */
  @property({ attribute: false }) clientTools: ClientTools | undefined;

  /**
   * What the page shows, for the agent to know: JSON of at most 4 KiB, told with each message. The model is
   * told that it comes from the page and is not to be trusted.
   */
  @property({ attribute: false }) context: unknown;

  /** `popover` floats over the page, `inline` fills its container, `fullpage` the window. */
  @property({ reflect: true, ...oneOf("popover", "inline", "fullpage") }) mode:
    | "popover"
    | "inline"
    | "fullpage" = "popover";

  /** The corner of the window in which the launcher stands; `end` is where the page's lines end. */
  @property({ reflect: true, ...oneOf("bottom-end", "bottom-start", "top-end", "top-start") })
  position: "bottom-end" | "bottom-start" | "top-end" | "top-start" = "bottom-end";

  /** Words beside the launcher's drawing. */
  @property({ attribute: "launcher-label" }) launcherLabel: string | undefined;

  /** `auto` follows the visitor's system. */
  @property({ reflect: true, ...oneOf("auto", "light", "dark") }) theme: "light" | "dark" | "auto" =
    "auto";

  /** Any CSS colour, from which the theme is computed with its contrasts kept. */
  @property() accent: string | undefined;

  @property({ reflect: true, ...oneOf("comfortable", "compact") }) density:
    | "comfortable"
    | "compact" = "comfortable";

  /** The language, a BCP 47 tag; else that of the nearest `lang` on the page, else the browser's. */
  @property() locale: string | undefined;

  /** Words in place of the language's own. */
  @property({ attribute: false }) strings: Partial<Strings> | undefined;

  /** Whether what is sent during an answer waits in the field or is queued behind the answer. */
  @property({ attribute: "while-busy", ...oneOf("wait", "queue") }) whileBusy: "wait" | "queue" =
    "wait";

  /** Where the session and drafts are kept: over visits, until the tab closes, or not beyond the page. */
  @property(oneOf("local", "session", "none")) storage: "local" | "session" | "none" = "local";

  /** Days after which what is kept is forgotten when it was not used. */
  @property({ type: Number, attribute: "storage-days" }) storageDays = 30;

  /** A conversation of the host's own; it is used in place of one that the element makes. */
  @property({ attribute: false }) conversation: Conversation | undefined;

  /** Whether the panel is open. */
  @property({ type: Boolean, reflect: true, attribute: "open" }) opened = false;
}

/** An attribute of a few words: one that is none of them, or is taken away, means the first. */
function oneOf<Word extends string>(first: Word, ...others: Word[]): PropertyDeclaration {
  const fromAttribute = (value: string | null) => others.find((word) => word === value) ?? first;
  return { converter: { fromAttribute } };
}
