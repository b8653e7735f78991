import { isTerminal, textAt, valueAt, type Fields } from "./history.fixture.js";
import { VisitorLine, type VisitorLineOptions } from "./visitor-line.fixture.js";

/** A session as its visitor keeps it over a reload. */
export interface Ticket {
  sessionId: string;
  sessionToken: string;
  conversationId: string;
}

/** What a visitor knows of a turn. */
interface Turn {
  text: string | undefined;
  state: "sent" | "accepted" | "ended";
  tokens: number;
  /** The call whose question waits. */
  pending: string | undefined;
  isCancelling: boolean;
}

/** What a visitor says to a question: yes or no, yes for good, or yes to another amount. */
export type Said = boolean | "remember" | { amount: number };

interface Verdict {
  requestId: string;
  toolCallId: string;
  /** The rest of its frame. */
  frame: Fields;
}

export interface VisitorOptions extends Pick<VisitorLineOptions, "address" | "transcripts"> {
  /** Names it, and marks everything it writes: `<c1>`. */
  mark: string;
  supports?: string[];
}

/**
 * Behaves as a good client does: comes back by itself, takes its session up, repeats what was not acked
 * under the same requestId, and a verdict only while its question still waits.
 */
export class Visitor {
  readonly turns = new Map<string, Turn>();
  ticket: Ticket | undefined;
  readonly #line: VisitorLine;
  readonly #questions = new Set<string>();
  /** What each question showed, by its call. */
  readonly #shown = new Map<string, Fields>();
  /** What the page's tool came to, until the server has it. */
  readonly #results = new Map<string, Fields>();
  readonly #ran = new Set<string>();
  #grants: string[] = [];
  #verdict: Verdict | undefined;
  #isAdmitted = false;
  #staying: Promise<void> | undefined;
  #fault: Error | undefined;
  #sent = 0;
  #wakes: (() => void)[] = [];

  constructor(private readonly options: VisitorOptions) {
    this.#line = new VisitorLine({
      ...options,
      name: options.mark,
      opened: () => this.#enter(),
      heard: (frame) => this.#hear(frame),
      closed: () => (this.#isAdmitted = false),
    });
  }

  get isHere(): boolean {
    return this.#isAdmitted;
  }

  /** Opens a session of its own, or another tab of one; from then on stays connected. */
  async come(ticket?: Ticket): Promise<void> {
    this.ticket = ticket ?? this.ticket;
    this.#staying = this.#line.stay().catch((error: unknown) => this.#give(error));
    await this.until(() => this.#isAdmitted, "to be admitted");
  }

  /** Goes away and does not come back by itself. */
  async leave(): Promise<void> {
    await this.#line.leave();
    await this.#staying;
  }

  /** Loses the connection. */
  async drop(): Promise<void> {
    this.#isAdmitted = false;
    await this.#line.drop();
  }

  /** Sends a message; the model does what its first word says. */
  say(plan: string): string {
    const { mark } = this.options;
    const requestId = `${mark.slice(1, -1)}-${(this.#sent += 1)}`;
    const text = `${mark} ${plan} ${requestId}`;
    const turn = { tokens: 0, pending: undefined, isCancelling: false };
    this.turns.set(requestId, { text, state: "sent", ...turn });
    this.#sendMessage(requestId, text);
    return requestId;
  }

  /** Sends a message again as it was. */
  repeat(requestId: string): void {
    this.#sendMessage(requestId, this.turns.get(requestId)?.text ?? "");
  }

  answer(toolCallId: string, said: Said): void {
    const requestId = `v-${toolCallId}-${(this.#sent += 1)}`;
    const shown = this.#shown.get(toolCallId) ?? {};
    this.#verdict = { requestId, toolCallId, frame: verdictFrame(toolCallId, said, shown) };
    this.#sendVerdict(this.#verdict);
  }

  /** Whether a question lets its amount be changed, or offers not to be asked again. */
  isOffered(toolCallId: string, offer: "amount" | "remember"): boolean {
    const { editable, remember } = this.#shown.get(toolCallId) ?? {};
    if (offer === "remember") return remember === true;
    return Array.isArray(editable) && editable.includes(offer);
  }

  /** Wants to be asked again about everything. */
  revoke(): void {
    const { sessionId } = this.ticket ?? {};
    for (const grantId of this.#grants) {
      const requestId = `revoke-${(this.#sent += 1)}`;
      this.#line.send({ action: "revoke_grant", requestId, sessionId, grantId });
    }
  }

  cancel(requestId: string): void {
    const turn = this.turns.get(requestId);
    if (turn) turn.isCancelling = true;
    this.#sendCancel(requestId);
  }

  /** The call that a turn asks about, other than those of `before`; undefined when it ends instead. */
  async question(requestId: string, ...before: string[]): Promise<string | undefined> {
    let asked: string | undefined;
    await this.until(() => {
      const turn = this.turns.get(requestId);
      asked = before.includes(turn?.pending ?? "") ? undefined : turn?.pending;
      return asked !== undefined || turn?.state === "ended";
    }, `a question of ${requestId}`);
    return asked;
  }

  async accepted(requestId: string): Promise<void> {
    const isKnown = () => ["accepted", "ended"].includes(this.turns.get(requestId)?.state ?? "");
    await this.until(isKnown, `the ack of ${requestId}`);
  }

  async heard(requestId: string, tokens: number): Promise<void> {
    const isHeard = () => {
      const turn = this.turns.get(requestId);
      return turn?.state === "ended" || (turn?.tokens ?? 0) >= tokens;
    };
    await this.until(isHeard, `${tokens} tokens of ${requestId}`);
  }

  async ended(requestId: string): Promise<void> {
    const hasEnded = () => this.turns.get(requestId)?.state === "ended";
    await this.until(hasEnded, `the end of ${requestId}`);
  }

  /** Until every turn that it knows of has ended, and its last verdict is answered. */
  async settled(): Promise<void> {
    const isSettled = () =>
      [...this.turns.values()].every(({ state }) => state === "ended") && !this.#verdict;
    await this.until(isSettled, "the end of every turn");
  }

  /** Until everything that it said before is answered, or lost with its connection. */
  async quiet(): Promise<void> {
    const requestId = `quiet-${(this.#sent += 1)}`;
    this.#questions.add(requestId);
    this.#line.send({ action: "get_session", requestId, sessionId: this.ticket?.sessionId });
    await this.until(() => !this.#questions.has(requestId), "an answer");
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    late.addEventListener("abort", () => this.#wake(), { once: true });
    while (!condition()) {
      if (this.#fault) throw this.#fault;
      if (late.aborted) throw new Error(`${this.options.mark} waited in vain for ${what}`);
      await new Promise<void>((wake) => this.#wakes.push(wake));
    }
  }

  #give(fault: unknown): void {
    this.#fault = fault instanceof Error ? fault : new Error(String(fault));
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }

  #enter(): void {
    const { supports = ["live", "choice_chips"] } = this.options;
    const clientTools = [{ name: "show", description: "Shows something in the page." }];
    const { sessionId, sessionToken } = this.ticket ?? {};
    if (sessionId === undefined) {
      const action = "create_conversation_session";
      this.#line.send({ action, requestId: "enter", agentId: "shop", supports, clientTools });
    } else {
      const action = "resume_session";
      const session = { sessionId, sessionToken, supports, clientTools };
      this.#line.send({ action, requestId: "enter", ...session });
    }
  }

  #sendMessage(requestId: string, message: string): void {
    const { sessionId } = this.ticket ?? {};
    this.#line.send({ action: "send_message", requestId, sessionId, message });
  }

  #sendVerdict({ requestId, frame }: Verdict): void {
    const { sessionId } = this.ticket ?? {};
    this.#line.send({ ...frame, requestId, sessionId });
  }

  #sendResult(result: Fields): void {
    const { sessionId } = this.ticket ?? {};
    this.#line.send({ action: "submit_tool_result", ...result, sessionId });
  }

  #sendCancel(requestId: string): void {
    this.#line.send({ action: "cancel", requestId, sessionId: this.ticket?.sessionId });
  }

  #hear(frame: Fields): void {
    if (frame["type"] === "grants_changed") this.#take(valueAt(frame, "data.grants"));
    const requestId = textAt(frame, "requestId");
    if (requestId === undefined) return;
    this.#questions.delete(requestId);
    if (requestId === "enter") this.#admitted(frame);
    else if (requestId === this.#verdict?.requestId) this.#verdict = undefined;
    else if (this.#results.has(requestId)) this.#results.delete(requestId);
    else if (requestId.startsWith("c")) this.#note(requestId, frame);
    this.#wake();
  }

  #note(requestId: string, frame: Fields): void {
    const turn = this.turns.get(requestId) ?? newTurn();
    this.turns.set(requestId, turn);
    if (isTerminal(frame)) turn.state = "ended";
    else if (turn.state === "sent" && frame["type"] !== "error") turn.state = "accepted";
    if (turn.state === "ended") turn.pending = undefined;
    switch (frame["type"]) {
      case "stream_token":
        turn.tokens += 1;
        break;
      case "write_confirmation_required":
      case "interaction_required":
        turn.pending = this.#ask(valueAt(frame, "data.data"));
        break;
      case "turn_snapshot":
        turn.pending = this.#ask(valueAt(frame, "data.pending"));
        break;
      case "client_tool_call":
        this.#run(textAt(frame, "data.toolCallId") ?? "");
        break;
      case "interaction_resolved":
      case "confirmation_resolved":
        turn.pending = undefined;
        break;
      default:
        break;
    }
  }

  /** @returns the call that the question is about */
  #ask(question: unknown): string | undefined {
    const toolCallId = textAt(question, "toolCallId") ?? textAt(question, "interactionId");
    if (toolCallId !== undefined) this.#shown.set(toolCallId, question as Fields);
    return toolCallId;
  }

  /** What the page does, once. */
  #run(toolCallId: string): void {
    if (this.#ran.has(toolCallId)) return;
    this.#ran.add(toolCallId);
    const requestId = `t-${toolCallId}`;
    const result = { requestId, toolCallId, result: `${this.options.mark}shown` };
    this.#results.set(requestId, result);
    this.#sendResult(result);
  }

  #take(grants: unknown): void {
    this.#grants = Array.isArray(grants)
      ? grants.map((grant) => textAt(grant, "grantId") ?? "")
      : [];
  }

  /** Takes up where the conversation stands, and says again what may have been lost. */
  #admitted(frame: Fields): void {
    const { ticket: before } = this;
    const sessionId = textAt(frame, "data.sessionId") ?? before?.sessionId;
    const sessionToken = textAt(frame, "data.sessionToken") ?? before?.sessionToken;
    const conversationId = textAt(frame, "data.conversationId") ?? before?.conversationId;
    if (frame["type"] === "error" || !sessionId || !sessionToken || !conversationId) {
      return this.#give(`${this.options.mark} was not admitted: ${JSON.stringify(frame)}`);
    }
    this.ticket = { sessionId, sessionToken, conversationId };
    this.#isAdmitted = true;
    this.#questions.clear();
    const active = textAt(frame, "data.activeTurn.requestId");
    const last = textAt(frame, "data.lastTurn.requestId");
    const pending = this.#ask(valueAt(frame, "data.activeTurn.pending"));
    this.#take(valueAt(frame, "data.grants"));
    for (const result of this.#results.values()) this.#sendResult(result);
    if (active !== undefined) {
      const turn = this.turns.get(active) ?? newTurn();
      const tokens = Math.max(turn.tokens, wordsIn(valueAt(frame, "data.activeTurn.items")));
      this.turns.set(active, { ...turn, state: "accepted", tokens, pending });
    }
    const ended = last === undefined ? undefined : (this.turns.get(last) ?? newTurn());
    if (last !== undefined && ended) {
      this.turns.set(last, { ...ended, state: "ended", pending: undefined });
    }
    for (const [requestId, { state, text, isCancelling }] of this.turns) {
      // An accepted one that ended meanwhile, before the last, is answered by its end.
      const isMissed = state === "accepted" && requestId !== active;
      if (text !== undefined && (state === "sent" || isMissed)) this.repeat(requestId);
      if (text === undefined && isMissed) this.turns.delete(requestId);
      if (isCancelling && state !== "ended") this.#sendCancel(requestId);
    }
    if (this.#verdict?.toolCallId === pending && this.#verdict) this.#sendVerdict(this.#verdict);
    else this.#verdict = undefined;
  }
}

/** How long a visitor waits for anything, in milliseconds. */
const PATIENCE_MS = 20_000;

function newTurn(): Turn {
  return { text: undefined, state: "accepted", tokens: 0, pending: undefined, isCancelling: false };
}

/** What a snapshot shows was heard as well. */
function wordsIn(items: unknown): number {
  return JSON.stringify(items).match(/<c\w+>\w+ /g)?.length ?? 0;
}

function verdictFrame(toolCallId: string, said: Said, shown: Fields): Fields {
  if (textAt(shown, "interactionId") !== undefined) {
    const values = { answers: [{ header: "Size", options: ["M"] }] };
    const form = { action: "submit_interaction", interactionId: toolCallId, kind: "choices" };
    return said === false ? { ...form, declined: true } : { ...form, values };
  }
  const verdict = { action: "confirm_tool_action", toolCallId, approved: said !== false };
  if (said === "remember") return { ...verdict, remember: true };
  if (typeof said === "boolean") return verdict;
  return { ...verdict, arguments: { ...(shown["arguments"] as Fields), ...said } };
}
