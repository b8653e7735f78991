import {
  isTerminal,
  textAt,
  valueAt,
  type Fields,
  type History,
  type Transcript,
} from "./history.fixture.js";

/**
 * On each connection: the ack before its turn, one turn after the other, the question before its call,
 * nothing while it waits, the ack of a verdict before the result, a call before its result.
 */
export function orderFaults(history: History): string[] {
  return history.transcripts.flatMap((transcript) => {
    const faults = new OrderWatch(transcript, history).read();
    return faults.map((fault) => `${transcript.name}: ${fault}`);
  });
}

interface Seen {
  asked: Set<string>;
  called: Set<string>;
  told: Set<string>;
  /** The call whose question waits. */
  waiting: string | undefined;
}

class OrderWatch {
  readonly #faults: string[] = [];
  readonly #turns = new Map<string, Seen>();
  readonly #sent = new Map<string, Fields>();
  readonly #repeated = new Set<string>();
  /** The turn under way in each conversation. */
  readonly #live = new Map<string, string>();

  constructor(
    private readonly transcript: Transcript,
    private readonly history: History,
  ) {}

  read(): string[] {
    const { entries } = this.transcript;
    for (const [index, { way, frame }] of entries.entries()) {
      if (way === "sent") this.#sent.set(String(frame["requestId"]), frame);
      else this.#hear(frame, index);
    }
    return this.#faults;
  }

  #hear(frame: Fields, index: number): void {
    const requestId = textAt(frame, "requestId");
    const active = valueAt(frame, "data.activeTurn");
    if (textAt(active, "requestId") !== undefined) this.#take(active);
    if (requestId === undefined) return;
    switch (frame["type"]) {
      case "immediate_response":
        // A repeated request may be answered beside another turn, and begins nothing.
        if (valueAt(frame, "data.duplicate") === true) this.#repeated.add(requestId);
        else if (frame["status"] === 202) this.#enter(requestId);
        else this.#decided(calledIn(this.#sent.get(requestId)));
        break;
      case "turn_snapshot":
        this.#take(frame["data"]);
        break;
      case "confirmation_resolved":
        this.#decided(textAt(frame, "data.toolCallId"));
        break;
      case "interaction_resolved":
        this.#decided(textAt(frame, "data.interactionId"));
        break;
      case "interaction_required":
        this.#ask(requestId, textAt(frame, "data.data.interactionId") ?? "");
        break;
      case "write_confirmation_required":
        this.#ask(requestId, textAt(frame, "data.data.toolCallId") ?? "");
        break;
      case "stream_chunk":
        this.#chunk(requestId, valueAt(frame, "data.state.rawResponse"), index);
        break;
      case "stream_token":
      case "stream_reasoning":
        if (this.#begun(requestId).waiting) this.#say(`${requestId} spoke while it had to wait`);
        break;
      default:
        if (isTerminal(frame)) this.#end(requestId);
    }
  }

  #say(fault: string): void {
    this.#faults.push(fault);
  }

  /** What was allowed before is not asked about. */
  #isGranted(toolCallId: string): boolean {
    const { toolCalls } = this.history.rows;
    return toolCalls.some(({ id, grantId }) => id === toolCallId && grantId !== null);
  }

  #conversationOf(requestId: string): string {
    const { turns } = this.history.rows;
    return turns.find((turn) => turn.requestId === requestId)?.conversationId ?? "";
  }

  #enter(requestId: string): Seen {
    const known = this.#turns.get(requestId);
    if (known) return known;
    const conversationId = this.#conversationOf(requestId);
    const live = this.#live.get(conversationId);
    if (live !== undefined) this.#say(`${requestId} began before ${live} had ended`);
    this.#live.set(conversationId, requestId);
    const seen = {
      asked: new Set<string>(),
      called: new Set<string>(),
      told: new Set<string>(),
      waiting: undefined,
    };
    this.#turns.set(requestId, seen);
    return seen;
  }

  /** What a turn says needs its ack before it, on the connection that sent it. */
  #begun(requestId: string): Seen {
    const isAcked = this.#turns.has(requestId) || this.#repeated.has(requestId);
    if (!isAcked && this.#sent.get(requestId)?.["action"] === "send_message") {
      this.#say(`${requestId} spoke before its ack`);
    }
    return this.#enter(requestId);
  }

  #end(requestId: string): void {
    const conversationId = this.#conversationOf(requestId);
    if (this.#live.get(conversationId) === requestId) this.#live.delete(conversationId);
  }

  /** A snapshot replaces what was known of its turn. */
  #take(snapshot: unknown): void {
    const seen = this.#enter(textAt(snapshot, "requestId") ?? "");
    seen.waiting = calledIn(valueAt(snapshot, "pending"));
    seen.asked = new Set(seen.waiting === undefined ? [] : [seen.waiting]);
    const items = (valueAt(snapshot, "items") as Fields[]).filter(({ type }) => type === "tool");
    const ids = (of: Fields[]) => new Set(of.map(({ toolCallId }) => String(toolCallId)));
    seen.called = ids(items);
    seen.told = ids(items.filter(({ result }) => result !== undefined));
  }

  #ask(requestId: string, toolCallId: string): void {
    const seen = this.#begun(requestId);
    if (seen.called.has(toolCallId)) this.#say(`call ${toolCallId} was shown before its question`);
    if (seen.waiting) this.#say(`${requestId} asked while another question waited`);
    seen.asked.add(toolCallId);
    seen.waiting = toolCallId;
  }

  #decided(toolCallId: string | undefined): void {
    for (const seen of this.#turns.values()) {
      if (toolCallId !== undefined && seen.waiting === toolCallId) seen.waiting = undefined;
    }
  }

  #chunk(requestId: string, chunk: unknown, index: number): void {
    const seen = this.#begun(requestId);
    const called = textAt(chunk, "toolCall.toolCallId");
    if (called !== undefined) {
      const isGated = this.history.tools[textAt(chunk, "toolCall.name") ?? ""]?.gated;
      if (isGated && !seen.asked.has(called) && !this.#isGranted(called))
        this.#say(`call ${called} came without its question`);
      if (seen.called.has(called)) this.#say(`call ${called} was shown twice`);
      if (seen.waiting && seen.waiting !== called) this.#say(`${requestId} went on unanswered`);
      seen.called.add(called);
      return;
    }
    const told = textAt(chunk, "toolResult.toolCallId") ?? "";
    if (!seen.called.has(told)) this.#say(`call ${told} had a result before it was shown`);
    if (seen.told.has(told)) this.#say(`call ${told} had two results`);
    if (seen.waiting && seen.waiting !== told) this.#say(`${requestId} went on unanswered`);
    if (this.#isAckedAfter(told, index)) this.#say(`the result of ${told} overtook its ack`);
    seen.told.add(told);
    seen.waiting = undefined;
  }

  #isAckedAfter(toolCallId: string, index: number): boolean {
    return this.transcript.entries
      .slice(index)
      .some(
        ({ way, frame }) =>
          way === "got" &&
          frame["type"] === "immediate_response" &&
          calledIn(this.#sent.get(String(frame["requestId"]))) === toolCallId,
      );
  }
}

/** The call that a frame or a question is about; a form is named by its own. */
function calledIn(frame: unknown): string | undefined {
  return textAt(frame, "toolCallId") ?? textAt(frame, "interactionId");
}
