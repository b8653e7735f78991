import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { AuthContext } from "../client/index.js";
import type { Conversation, ConversationState } from "../state/conversation-state.js";
import { conversationEvents } from "./conversation-events.js";

/** Without an endpoint or an agent there is nobody to talk to, and the panel says so. */
const NOT_SET_UP: ConversationState["connection"] = {
  status: "refused",
  error: { code: "VALIDATION_ERROR", message: "endpoint and agent-id must be set" },
};

const NOTHING_YET: ConversationState = {
  connection: { status: "idle" },
  transcript: [],
  history: { loading: false, hasMore: false },
  grants: [],
};

/**
 * Ties an element to its conversation: made when it is first needed, closed when the element leaves
 * the page, taken up again when it comes back.
 */
export class ConversationController implements ReactiveController {
  conversation: Conversation | undefined;
  #stop: (() => void) | undefined;
  #state = NOTHING_YET;

  /**
   * @param make called when a conversation is first opened; undefined when the host does not say yet
   *   where and with whom
   * @param heard called with what happened, after every change
   * @param left called when the conversation is gone: it is another visitor's, or they left it
   */
  constructor(
    readonly host: ReactiveControllerHost & Element,
    readonly make: () => Conversation | undefined,
    readonly heard: (events: Event[]) => void,
    readonly left: () => void,
  ) {
    host.addController(this);
  }

  get state(): ConversationState {
    return this.#state;
  }

  /** The conversation, opened or not; undefined while the host does not say where and with whom. */
  get made(): Conversation | undefined {
    return (this.conversation ??= this.make());
  }

  /** Opens the conversation, once, if the element is on a page. */
  open(): void {
    if (!this.host.isConnected || this.#stop) return;
    const conversation = this.made;
    if (!conversation) {
      this.#state = { ...NOTHING_YET, connection: NOT_SET_UP };
      return;
    }
    this.#stop = conversation.subscribe((state) => this.#take(state));
    this.#take(conversation.state);
    conversation.open();
  }

  /** The host says anew who the visitor is: another one is shown nothing of this conversation. */
  identify(authContext: AuthContext): void {
    const { conversation } = this;
    const leave = (goesOn: boolean) => {
      if (goesOn || this.conversation !== conversation) return;
      this.discard();
      this.left();
    };
    const goesOn = conversation?.setAuthContext(authContext) ?? true;
    if (typeof goesOn === "boolean") leave(goesOn);
    else void goesOn.then(leave);
  }

  /** Ends the conversation for good; the next `open` makes a new one. */
  discard(): void {
    this.#close();
    this.conversation = undefined;
    this.#state = NOTHING_YET;
  }

  /** Asks for the next older page of history, when there is one and none is on its way. */
  loadOlder(): void {
    const { history } = this.#state;
    if (history.hasMore && !history.loading) this.conversation?.loadOlder();
  }

  hostConnected(): void {
    if (this.conversation) this.open();
  }

  hostDisconnected(): void {
    this.#close();
  }

  #close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.conversation?.close();
  }

  #take(state: ConversationState): void {
    if (state === this.#state) return;
    const events = conversationEvents(this.#state, state);
    const isLeft = this.#state.conversationId !== undefined && state.conversationId === undefined;
    this.#state = state;
    if (isLeft) this.left();
    this.host.requestUpdate();
    if (events.length > 0) this.heard(events);
  }
}
