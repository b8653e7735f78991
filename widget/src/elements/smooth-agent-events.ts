import type {
  Confirmation,
  ErrorDescriptor,
  HandOffChange,
  Interaction,
  Rating,
} from "@smooth-agent/protocol";
import type { AgentEntry, ConnectionState, OtpState } from "../state/conversation-state.js";

const PUBLIC: EventInit = { bubbles: true, composed: true };
/** The page may prevent what is about to happen. */
const VETOABLE: EventInit = { ...PUBLIC, cancelable: true };

/** The element works: fired once, when it was first rendered. */
export class SmoothAgentReadyEvent extends Event {
  static readonly type = "smooth-agent-ready";
  constructor() {
    super(SmoothAgentReadyEvent.type, PUBLIC);
  }
}

/** The panel is about to open, at the visitor's or the page's wish; prevented, it stays closed. */
export class SmoothAgentBeforeOpenEvent extends Event {
  static readonly type = "smooth-agent-before-open";
  constructor() {
    super(SmoothAgentBeforeOpenEvent.type, VETOABLE);
  }
}

/** The panel is about to close, at the visitor's or the page's wish; prevented, it stays open. */
export class SmoothAgentBeforeCloseEvent extends Event {
  static readonly type = "smooth-agent-before-close";
  constructor() {
    super(SmoothAgentBeforeCloseEvent.type, VETOABLE);
  }
}

/** A message is about to be sent; prevented, it stays in the field. */
export class SmoothAgentBeforeSendEvent extends Event {
  static readonly type = "smooth-agent-before-send";
  constructor(readonly text: string) {
    super(SmoothAgentBeforeSendEvent.type, VETOABLE);
  }
}

/** A link of the conversation is about to be followed; prevented, it is not. */
export class SmoothAgentLinkClickEvent extends Event {
  static readonly type = "smooth-agent-link-click";
  constructor(readonly href: string) {
    super(SmoothAgentLinkClickEvent.type, VETOABLE);
  }
}

/** The panel was opened. */
export class SmoothAgentOpenEvent extends Event {
  static readonly type = "smooth-agent-open";
  constructor() {
    super(SmoothAgentOpenEvent.type, PUBLIC);
  }
}

/** The panel was closed. */
export class SmoothAgentCloseEvent extends Event {
  static readonly type = "smooth-agent-close";
  constructor() {
    super(SmoothAgentCloseEvent.type, PUBLIC);
  }
}

/** How much came while the panel was closed has changed; opening it makes that 0. */
export class SmoothAgentUnreadEvent extends Event {
  static readonly type = "smooth-agent-unread";
  constructor(readonly count: number) {
    super(SmoothAgentUnreadEvent.type, PUBLIC);
  }
}

/** A message was added: the visitor's as soon as it is shown, a person's, the agent's when it is whole. */
export class SmoothAgentMessageEvent extends Event {
  static readonly type = "smooth-agent-message";
  constructor(
    readonly from: "visitor" | "agent" | "person",
    readonly text: string,
    readonly entryId: string,
    /** Who the person is. */
    readonly name?: string,
  ) {
    super(SmoothAgentMessageEvent.type, PUBLIC);
  }
}

/** A turn began: the agent is at work on an answer. */
export class SmoothAgentTurnStartEvent extends Event {
  static readonly type = "smooth-agent-turn-start";
  constructor(readonly requestId: string) {
    super(SmoothAgentTurnStartEvent.type, PUBLIC);
  }
}

/** A turn came to its end. */
export class SmoothAgentTurnEndEvent extends Event {
  static readonly type = "smooth-agent-turn-end";
  constructor(
    readonly requestId: string,
    readonly status: AgentEntry["status"],
  ) {
    super(SmoothAgentTurnEndEvent.type, PUBLIC);
  }
}

/** The agent asks before it runs a tool. */
export class SmoothAgentConfirmationEvent extends Event {
  static readonly type = "smooth-agent-confirmation";
  constructor(readonly confirmation: Confirmation) {
    super(SmoothAgentConfirmationEvent.type, PUBLIC);
  }
}

/** A confirmation was answered, here or elsewhere. */
export class SmoothAgentDecisionEvent extends Event {
  static readonly type = "smooth-agent-decision";
  constructor(
    readonly confirmation: Confirmation,
    readonly approved: boolean,
    readonly here: boolean,
    /** Who decided, where that is known: `visitor`, `team`, `grant` or `system`. */
    readonly by?: string,
  ) {
    super(SmoothAgentDecisionEvent.type, PUBLIC);
  }
}

/** The agent asks for something that the visitor fills in or picks. */
export class SmoothAgentInteractionEvent extends Event {
  static readonly type = "smooth-agent-interaction";
  constructor(readonly interaction: Interaction) {
    super(SmoothAgentInteractionEvent.type, PUBLIC);
  }
}

/** A one-time code is asked for, and how that goes. */
export class SmoothAgentCodeEvent extends Event {
  static readonly type = "smooth-agent-code";
  constructor(readonly status: OtpState["status"]) {
    super(SmoothAgentCodeEvent.type, PUBLIC);
  }
}

/** A person is waited for, has taken over, or has given back to the agent: then `state` is null. */
export class SmoothAgentHandOffEvent extends Event {
  static readonly type = "smooth-agent-hand-off";
  constructor(
    readonly state: HandOffChange["state"],
    readonly name?: string,
  ) {
    super(SmoothAgentHandOffEvent.type, PUBLIC);
  }
}

/** The visitor said what they think of an answer, and the server has it; null takes it back. */
export class SmoothAgentFeedbackEvent extends Event {
  static readonly type = "smooth-agent-feedback";
  constructor(
    readonly messageId: string,
    readonly rating: Rating | null,
    readonly comment?: string,
  ) {
    super(SmoothAgentFeedbackEvent.type, PUBLIC);
  }
}

/** The host's server told its page something. */
export class SmoothAgentHostEvent extends Event {
  static readonly type = "smooth-agent-host-event";
  constructor(
    readonly name: string,
    readonly data: unknown,
  ) {
    super(SmoothAgentHostEvent.type, PUBLIC);
  }
}

/** A message was refused, a turn failed, or the server refused the visitor. */
export class SmoothAgentErrorEvent extends Event {
  static readonly type = "smooth-agent-error";
  constructor(readonly error: ErrorDescriptor) {
    super(SmoothAgentErrorEvent.type, PUBLIC);
  }
}

/** Whether the agent can be reached has changed. */
export class SmoothAgentStatusEvent extends Event {
  static readonly type = "smooth-agent-status";
  constructor(readonly connection: ConnectionState) {
    super(SmoothAgentStatusEvent.type, PUBLIC);
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    "smooth-agent-ready": SmoothAgentReadyEvent;
    "smooth-agent-before-open": SmoothAgentBeforeOpenEvent;
    "smooth-agent-before-close": SmoothAgentBeforeCloseEvent;
    "smooth-agent-before-send": SmoothAgentBeforeSendEvent;
    "smooth-agent-link-click": SmoothAgentLinkClickEvent;
    "smooth-agent-open": SmoothAgentOpenEvent;
    "smooth-agent-close": SmoothAgentCloseEvent;
    "smooth-agent-unread": SmoothAgentUnreadEvent;
    "smooth-agent-message": SmoothAgentMessageEvent;
    "smooth-agent-turn-start": SmoothAgentTurnStartEvent;
    "smooth-agent-turn-end": SmoothAgentTurnEndEvent;
    "smooth-agent-confirmation": SmoothAgentConfirmationEvent;
    "smooth-agent-decision": SmoothAgentDecisionEvent;
    "smooth-agent-interaction": SmoothAgentInteractionEvent;
    "smooth-agent-code": SmoothAgentCodeEvent;
    "smooth-agent-hand-off": SmoothAgentHandOffEvent;
    "smooth-agent-feedback": SmoothAgentFeedbackEvent;
    "smooth-agent-host-event": SmoothAgentHostEvent;
    "smooth-agent-error": SmoothAgentErrorEvent;
    "smooth-agent-status": SmoothAgentStatusEvent;
  }
}
