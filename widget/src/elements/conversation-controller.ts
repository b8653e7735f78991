import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { AuthContext } from "../client/index.js";
import { newId } from "../client/runtime.js";
import type { Conversation, ConversationState } from "../state/conversation-state.js";
import type { Chunks } from "./chunks.js";
import { conversationEvents } from "./conversation-events.js";
import type { PlannedConversation } from "./new-conversation.js";

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

/** What was asked for before the code of conversations was there. */
interface Early {
  act: () => void;
  plan: Conversation | PlannedConversation | undefined;
}

/**
 * Ties an element to its conversation: made when it is first needed, closed when the element leaves
 * the page, taken up again when it comes back. What is asked for before the code of conversations was
 * fetched is done in its order once it is there.
 */
export class ConversationController implements ReactiveController {
  conversation: Conversation | undefined;
  #stop: (() => void) | undefined;
  #state = NOTHING_YET;
  #early: Early[] = [];
  /** Of what is done just now. */
  #plan: Early["plan"];
  #isCatchingUp = false;

  /**
   * @param make called when a conversation is first asked for; undefined when the host does not say yet
   *   where and with whom
   * @param heard called with what happened, after every change
   * @param left called when the conversation is gone: it is another visitor's, or they left it
   */
  constructor(
    readonly host: ReactiveControllerHost & Element,
    readonly chunks: Chunks,
    readonly make: () => Early["plan"],
    readonly heard: (events: Event[]) => void,
    readonly left: () => void,
  ) {
    host.addController(this);
  }

  get state(): ConversationState {
    return this.#state;
  }

  /** Opens the conversation, once, if the element is on a page. */
  open(): void {
    const isComing = this.#early.some(({ act }) => act === this.#open);
    if (this.host.isConnected && !this.#stop && !isComing) this.#do(this.#open);
  }

  /** Sends a message, and opens the conversation for it; it is shown at once. */
  send(text: string): void {
    /** One that was shown before keeps its place. */
    let shown: [id?: string] = [];
    const send = () => {
      this.#open();
      this.#made?.send(text, ...shown);
    };
    if (this.#do(send)) return;
    const id = newId();
    shown = [id];
    const entry = { kind: "visitor", id, text, at: Date.now(), delivery: "sending" } as const;
    this.#show({ transcript: [...this.#state.transcript, entry] });
  }

  /** Takes over what the visitor is writing. */
  write(draft: string): void {
    if (!this.#do(() => this.#made?.write(draft))) this.#show({ draft });
  }

  /** The visitor leaves what they said, or is somebody else: nothing of it is shown any more. */
  leave(how: "startNew" | "logout" | "forget"): void {
    if (!this.#do(() => this.#made?.[how]())) this.#show({ transcript: [], draft: "" });
  }

  /** The host says anew who the visitor is: another one is shown nothing of this conversation. */
  identify(authContext: AuthContext): void {
    // What nobody asked for yet will begin with it.
    if (this.conversation || this.#early.length > 0) this.#do(() => this.#identify(authContext));
  }

  /** Ends the conversation for good; the next `open` makes a new one. */
  discard(): void {
    this.#early = [];
    this.#discard();
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

  /** The conversation, opened or not; undefined while the host does not say where and with whom. */
  get #made(): Conversation | undefined {
    const plan = this.#plan ?? this.make();
    const engine = this.chunks.ask("conversation");
    if (typeof plan !== "function") return (this.conversation ??= plan);
    return (this.conversation ??= engine && plan(engine));
  }

  /** @returns whether it was done at once, and not put off until it can be */
  #do(act: () => void): boolean {
    const isWaiting = this.#early.length > 0 || this.#isCatchingUp;
    const plan = this.conversation ?? this.make();
    if (!isWaiting && (typeof plan !== "function" || this.#ask())) {
      act();
      return true;
    }
    this.#early.push({ act, plan });
    return false;
  }

  #ask(): unknown {
    return this.chunks.ask("conversation", this.#told);
  }

  readonly #told = (): void => {
    this.host.requestUpdate();
    // A new try is counted by then, if there is to be one.
    queueMicrotask(this.#catchUp);
  };

  readonly #catchUp = (): void => {
    if (this.#early.length === 0 || this.#isCatchingUp || !this.#ask()) return;
    this.#isCatchingUp = true;
    this.#state = NOTHING_YET;
    for (let next = this.#early.shift(); next; next = this.#early.shift()) {
      this.#plan = next.plan;
      next.act();
    }
    this.#plan = undefined;
    this.#isCatchingUp = false;
    this.host.requestUpdate();
  };

  readonly #open = (): void => {
    if (!this.host.isConnected || this.#stop) return;
    const conversation = this.#made;
    if (!conversation) {
      this.#state = { ...NOTHING_YET, connection: NOT_SET_UP };
      return;
    }
    this.#stop = conversation.subscribe((state) => this.#take(state));
    this.#take(conversation.state);
    conversation.open();
  };

  #identify(authContext: AuthContext): void {
    const { conversation } = this;
    const leave = (goesOn: boolean) => {
      if (goesOn || this.conversation !== conversation) return;
      this.#discard();
      this.left();
    };
    const goesOn = conversation?.setAuthContext(authContext) ?? true;
    if (typeof goesOn === "boolean") leave(goesOn);
    else void goesOn.then(leave);
  }

  #discard(): void {
    this.#close();
    this.conversation = undefined;
    this.#state = NOTHING_YET;
  }

  #close(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.conversation?.close();
  }

  /** Shows what will be so. */
  #show(early: Partial<ConversationState>): void {
    this.#state = { ...this.#state, ...early };
    this.host.requestUpdate();
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
