import { LitElement, type PropertyDeclaration, type PropertyDeclarations } from "lit";
import type { ClientTools } from "../client/index.js";
import type { Conversation } from "../state/conversation-state.js";
import type { Strings } from "./strings.js";

/**
 * What a host sets on the element, as properties or attributes; each may change at any time.
 */
export class Settings extends LitElement {
  static override properties: PropertyDeclarations = {
    endpoint: {},
    agentId: { attribute: "agent-id" },
    userName: { attribute: "user-name" },
    userEmail: { attribute: "user-email" },
    metadata: { attribute: false },
    clientTools: { attribute: false },
    context: { attribute: false },
    mode: { reflect: true, ...oneOf("popover", "inline", "fullpage") },
    position: { reflect: true, ...oneOf("bottom-end", "bottom-start", "top-end", "top-start") },
    launcherLabel: { attribute: "launcher-label" },
    theme: { reflect: true, ...oneOf("auto", "light", "dark") },
    accent: {},
    density: { reflect: true, ...oneOf("comfortable", "compact") },
    locale: {},
    strings: { attribute: false },
    whileBusy: { attribute: "while-busy", ...oneOf("wait", "queue") },
    storage: oneOf("local", "session", "none"),
    storageDays: { type: Number, attribute: "storage-days" },
    conversation: { attribute: false },
    opened: { type: Boolean, reflect: true, attribute: "open" },
  };

  /** The server: a ws or http URL, `/ws` when it has no path. A change begins a new conversation. */
  endpoint: string | undefined;

  /** The agent to talk to. A change begins a new conversation. */
  agentId: string | undefined;

  /** What the visitor is called, as the page says; nothing is proved by it. */
  userName: string | undefined;

  /** The visitor's mail address, as the page says; nothing is proved by it. */
  userEmail: string | undefined;

  /** Stored with the conversation; read when it begins. */
  metadata: Record<string, unknown> | undefined;
  /** Functions of the page that the agent may call; read when the conversation begins. */
  clientTools: ClientTools | undefined;

  /**
   * What the page shows, for the agent to know: JSON of at most 4 KiB, told with each message. The model is
   * told that it comes from the page and is not to be trusted.
   */
  context: unknown;

  /** `popover` floats over the page, `inline` fills its container, `fullpage` the window. */
  mode: "popover" | "inline" | "fullpage" = "popover";

  /** The corner of the window in which the launcher stands; `end` is where the page's lines end. */
  position: "bottom-end" | "bottom-start" | "top-end" | "top-start" = "bottom-end";

  /** Words beside the launcher's drawing. */
  launcherLabel: string | undefined;

  /** `auto` follows the visitor's system. */
  theme: "light" | "dark" | "auto" = "auto";

  /** Any CSS colour, from which the theme is computed with its contrasts kept. */
  accent: string | undefined;

  /** `compact` takes less room: smaller text, smaller distances. */
  density: "comfortable" | "compact" = "comfortable";

  /** The language, a BCP 47 tag; else that of the nearest `lang` on the page, else the browser's. */
  locale: string | undefined;

  /** Words in place of the language's own. */
  strings: Partial<Strings> | undefined;

  /** Whether what is sent during an answer waits in the field or is queued behind the answer. */
  whileBusy: "wait" | "queue" = "wait";

  /** Where the session and drafts are kept: over visits, until the tab closes, or not beyond the page. */
  storage: "local" | "session" | "none" = "local";

  /** Days after which what is kept is forgotten when it was not used. */
  storageDays = 30;

  /** A conversation of the host's own; it is used in place of one that the element makes. */
  conversation: Conversation | undefined;

  /** Whether the panel is open. */
  opened = false;
}

/** An attribute of a few words: one that is none of them, or is taken away, means the first. */
function oneOf<Word extends string>(first: Word, ...others: Word[]): PropertyDeclaration {
  const fromAttribute = (value: string | null) => others.find((word) => word === value) ?? first;
  return { converter: { fromAttribute } };
}
