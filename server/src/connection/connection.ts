import { randomUUID } from "node:crypto";
import {
  CLOSE_CODES,
  errorFrame,
  keepalive,
  LIMITS,
  LIVE_EVENTS,
  parseAction,
  type Action,
  type ServerEvent,
} from "@smooth-agent/protocol";
import type { RateLimiterMemory } from "rate-limiter-flexible";
import { describeError } from "../actions/action-error.js";
import type { Admission, Caller } from "../actions/caller.js";
import type { ActionPorts } from "../actions/ports.js";
import { dispatch } from "../actions/route-table.js";
import type { Envelope } from "../backplane/backplane.js";
import { faultOf } from "../log/fault.js";
import type { SessionRecord } from "../store/records.js";
import { openFeed, type ConversationFeed } from "./conversation-feed.js";
import { decodeFrame } from "./frame.js";
import { Lanes } from "./lanes.js";

/** The wire under a connection, whatever carries it. */
export interface Wire {
  send(frame: string): void;
  close(code: number, reason: string): void;
  /** Bytes that were sent and not yet taken by the reader. */
  bufferedBytes(): number;
}

export interface ConnectionLimits {
  /** Counts frames by connection id. */
  frames: RateLimiterMemory;
  /** Actions of one connection that have not been answered yet. */
  pendingActions: number;
  /** Bytes that may wait for a slow reader; with more than these, the next event closes the wire. */
  outboundBytes: number;
}

/** One client on one wire: decodes, dispatches, replies, follows. Knows no socket library. */
export class Connection implements Caller {
  readonly id = randomUUID();
  lastStarted: Caller["lastStarted"];
  lastVerdict: Caller["lastVerdict"];
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #conversations = new Map<string, Followed>();
  readonly #lanes = new Lanes();
  readonly #keepalive: NodeJS.Timeout;
  #isOpen = true;

  constructor(
    private readonly wire: Wire,
    readonly origin: string | undefined,
    private readonly ports: ActionPorts,
    private readonly limits: ConnectionLimits,
  ) {
    this.#keepalive = setInterval(() => this.#keepAlive(), LIMITS.keepaliveMs);
    this.#keepalive.unref();
  }

  /** Takes one frame. Never throws; a protocol error is answered and never closes the wire. */
  async receive(data: unknown): Promise<void> {
    try {
      await this.limits.frames.consume(this.id);
    } catch {
      this.close(CLOSE_CODES.flood, "Too many frames.");
      return;
    }
    if (!this.#isOpen) return;
    if (typeof data !== "string")
      return this.#refuse("Binary frames are not part of the protocol.");
    const decoded = decodeFrame(data);
    if (!decoded.ok) return this.#refuse(decoded.message);
    const parsed = parseAction(decoded.value);
    if (parsed.ok) return this.#schedule(parsed.action);
    const { code, message, requestId } = parsed;
    this.reply(errorFrame(requestId, { code, message }, this.ports.now()));
  }

  /** Lets go of everything; called when the wire has closed. */
  end(): void {
    this.#isOpen = false;
    clearInterval(this.#keepalive);
    for (const { feed } of this.#conversations.values()) feed?.stop();
    this.#conversations.clear();
    this.#sessions.clear();
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.end();
    this.wire.close(code, reason);
  }

  reply(event: ServerEvent): void {
    if (!this.#isOpen) return;
    // Asked before, not after: one long page of history is no slow reader.
    if (this.wire.bufferedBytes() > this.limits.outboundBytes) {
      this.close(CLOSE_CODES.slowReader, "The reader is too slow.");
      return;
    }
    this.wire.send(JSON.stringify(event));
  }

  session(sessionId: string): SessionRecord | undefined {
    return this.#sessions.get(sessionId);
  }

  sessions(): SessionRecord[] {
    return [...this.#sessions.values()];
  }

  async hold(session: SessionRecord): Promise<Admission> {
    const { conversationId } = session;
    this.#conversations.get(conversationId)?.feed?.stop();
    const followed: Followed = {};
    const feed = await openFeed(conversationId, this.ports, (envelope) =>
      this.#deliver(conversationId, followed, envelope),
    );
    if (!this.#isOpen) {
      feed.stop();
      return { activeTurn: null, lastTurn: null, release: () => undefined };
    }
    this.#conversations.get(conversationId)?.feed?.stop();
    followed.feed = feed;
    followed.activeRequestId = feed.activeTurn?.requestId;
    followed.shownQuestion = feed.activeTurn?.pending?.toolCallId;
    this.#sessions.set(session.id, session);
    this.#conversations.set(conversationId, followed);
    const { activeTurn, lastTurn } = feed;
    return { activeTurn, lastTurn, release: () => feed.release() };
  }

  shownQuestion(conversationId: string): string | undefined {
    return this.#conversations.get(conversationId)?.shownQuestion;
  }

  #schedule(action: Action): void {
    if (this.#lanes.size >= this.limits.pendingActions) {
      this.close(CLOSE_CODES.flood, "Too many requests at once.");
      return;
    }
    const work = () => this.#perform(action);
    if (action.action === "ping") void work();
    else if ("sessionId" in action && action.sessionId !== undefined) {
      this.#lanes.run(action.sessionId, work);
    } else if (action.action === "cancel") this.#lanes.runAfterAll(work);
    else this.#lanes.run("", work);
  }

  async #perform(action: Action): Promise<void> {
    try {
      await dispatch(action, this, this.ports);
    } catch (error) {
      const descriptor = describeError(error);
      if (descriptor.code === "INTERNAL_ERROR" || descriptor.code === "STORAGE_ERROR") {
        this.ports.log.error({ action: action.action, ...faultOf(error) }, "action failed");
      }
      this.reply(errorFrame(action.requestId, descriptor, this.ports.now()));
    }
  }

  #refuse(message: string): void {
    this.reply(errorFrame(undefined, { code: "VALIDATION_ERROR", message }, this.ports.now()));
  }

  #deliver(conversationId: string, followed: Followed, { event, cause }: Envelope): void {
    // A later admission to the same conversation has its own snapshot and tail.
    if (this.#conversations.get(conversationId) !== followed) return;
    note(followed, event);
    if (LIVE_EVENTS.includes(event.type)) {
      if (cause === this.id || !this.#wantsLive(conversationId)) return;
    }
    this.reply(event);
  }

  #wantsLive(conversationId: string): boolean {
    return this.sessions().some(
      (session) => session.conversationId === conversationId && session.supports.includes("live"),
    );
  }

  #keepAlive(): void {
    for (const { activeRequestId } of this.#conversations.values()) {
      if (activeRequestId !== undefined) this.reply(keepalive(activeRequestId, this.ports.now()));
    }
  }
}

/** A conversation that a connection follows, and what it has been shown of it. */
interface Followed {
  feed?: ConversationFeed;
  /** The turn that runs or is parked. */
  activeRequestId?: string;
  /** The tool call of the question that was shown last. */
  shownQuestion?: string;
}

function note(followed: Followed, event: ServerEvent): void {
  switch (event.type) {
    case "eventual_response":
    case "cancelled":
    case "error":
      followed.activeRequestId = undefined;
      break;
    case "write_confirmation_required":
      followed.activeRequestId = event.requestId;
      followed.shownQuestion = event.data.data.toolCallId;
      break;
    case "turn_started":
    case "stream_token":
    case "stream_reasoning":
    case "stream_chunk":
      followed.activeRequestId = event.requestId;
      break;
    default:
      break;
  }
}
