import {
  turnSnapshot,
  type Pending,
  type ServerEvent,
  type TerminalEvent,
} from "@smooth-agent/protocol";
import type { Backplane, Envelope } from "../backplane/backplane.js";
import type { Store } from "../store/store.js";
import { callOf } from "../turn/snapshot.js";
import { endsTurn } from "../turn/terminal.js";
import { openFeed, type ConversationFeed } from "./conversation-feed.js";

/** A conversation that a connection follows, and what it has been shown of it. */
export class Follower {
  /** The turn that runs or is parked. */
  activeRequestId: string | undefined;
  /** The tool call of the question that was shown last: what was only kept back was not shown. */
  shownQuestion: string | undefined;
  #feed: ConversationFeed | undefined;
  /** Counts feeds: what an earlier one still brings is ignored, the later has its own snapshot and tail. */
  #feeds = 0;
  /** What came while the reader lagged and no snapshot tells; null when that was too much. */
  #missed: Missed | null = NOTHING_MISSED;
  #isLagging = false;
  /** A parked turn is silent for as long as nobody answers. */
  #isParked = false;
  /** Whether the turn that runs was silent since the last look at the store. */
  #isSilent = false;
  #looks = 0;
  /** The turn whose end stands in the store and was not heard. */
  #unheard: string | undefined;

  constructor(
    readonly conversationId: string,
    private readonly ports: { store: Store; backplane: Backplane },
    private readonly deliver: (envelope: Envelope) => void,
  ) {}

  /** Whether the turn is not told because the reader is too slow. */
  get isLagging(): boolean {
    return this.#isLagging;
  }

  /** Begins anew; what comes is held back until the feed is released. */
  async follow(): Promise<ConversationFeed> {
    this.stop();
    const mine = (this.#feeds += 1);
    const feed = await openFeed(this.conversationId, this.ports, (envelope) => {
      if (mine !== this.#feeds) return;
      if (this.#isLagging) return this.#miss(envelope);
      this.#note(envelope.event);
      this.deliver(envelope);
    });
    if (mine !== this.#feeds) {
      feed.stop();
      return feed;
    }
    this.#feed = feed;
    this.activeRequestId = feed.activeTurn?.requestId;
    this.shownQuestion = feed.activeTurn?.pending && callOf(feed.activeTurn.pending);
    this.#isParked = feed.activeTurn?.status === "parked";
    return feed;
  }

  /** Lets go of the turn until the reader has caught up; what belongs to no turn is kept meanwhile. */
  lag(): void {
    this.#missed = NOTHING_MISSED;
    this.#isLagging = true;
  }

  /**
   * Begins anew after a lag.
   *
   * @returns the feed, and what tells what was missed, in the order in which it is stored; null when too
   * much went by, so that only taking the session up anew shows it all
   */
  async rejoin(now: number): Promise<ConversationFeed & { missed: Envelope[] | null }> {
    const { activeRequestId } = this;
    const feed = await this.follow();
    const kept = this.#missed;
    const { activeTurn, lastTurn } = feed;
    if (!kept || (activeTurn ?? lastTurn)?.requestId !== activeRequestId) {
      return { ...feed, missed: null };
    }
    const event = activeTurn ? turnSnapshot(activeTurn, now) : lastTurn?.terminal;
    const turn = event ? [{ event }] : [];
    return { ...feed, missed: [...kept.during, ...turn, ...(kept.after ?? [])] };
  }

  /**
   * Looks into the store for the end of a turn that is silent: what carries events may lose one. Called
   * now and then, with a parked turn looked at more rarely; an end is told at the second look, since its
   * own event may still be on its way.
   */
  async lookForEnd(): Promise<void> {
    const requestId = this.activeRequestId;
    const isSilent = this.#isSilent && !this.#isLagging;
    this.#isSilent = true;
    this.#looks += 1;
    if (requestId === undefined || !isSilent) return;
    if (this.#isParked && this.#looks % PARKED_LOOKS !== 0) return;
    const turn = await this.ports.store.turnOfRequest(this.conversationId, requestId);
    const terminal = turn?.terminal ?? null;
    if (terminal === null || this.activeRequestId !== requestId || !this.#isSilent) return;
    if (this.#unheard !== requestId) {
      this.#unheard = requestId;
      return;
    }
    const event = JSON.parse(terminal) as TerminalEvent;
    this.#note(event);
    this.deliver({ event });
  }

  stop(): void {
    this.#feeds += 1;
    this.#isLagging = false;
    this.#feed?.stop();
    this.#feed = undefined;
  }

  #miss(envelope: Envelope): void {
    const { event } = envelope;
    const { during, after } = this.#missed ?? NOTHING_MISSED;
    if (!this.#missed || during.length + (after?.length ?? 0) >= MOST_MISSED) this.#missed = null;
    // Of a code, too, no snapshot tells.
    else if (event.requestId === undefined || envelope.sessionId !== undefined) {
      this.#missed = after
        ? { during, after: [...after, envelope] }
        : { during: [...during, envelope], after };
    } else if (endsTurn(event) && event.requestId === this.activeRequestId) {
      this.#missed = { during, after: after ?? [] };
    }
  }

  #note(event: ServerEvent): void {
    this.#isSilent = false;
    switch (event.type) {
      case "eventual_response":
      case "cancelled":
      case "error":
        if (endsTurn(event)) this.activeRequestId = undefined;
        break;
      case "write_confirmation_required":
      case "interaction_required":
      case "client_tool_call":
        this.activeRequestId = event.requestId;
        this.#isParked = true;
        break;
      case "confirmation_resolved":
      case "interaction_resolved":
        this.#isParked = false;
        break;
      case "turn_started":
      case "turn_snapshot":
      case "stream_token":
      case "stream_reasoning":
        this.activeRequestId = event.requestId;
        this.#isParked = false;
        break;
      case "stream_chunk":
        this.activeRequestId = event.requestId;
        break;
      default:
        break;
    }
  }
}

/** The question that an event shows, if it shows one. */
export function questionIn(event: ServerEvent): Pending | undefined {
  switch (event.type) {
    case "write_confirmation_required":
    case "interaction_required":
      return event.data.data;
    case "turn_snapshot":
      return event.data.pending;
    default:
      return undefined;
  }
}

/** What belongs to no turn and came while a reader lagged. */
interface Missed {
  /** While the turn went on. */
  during: readonly Envelope[];
  /** After its end; null before that. */
  after: readonly Envelope[] | null;
}

const NOTHING_MISSED: Missed = { during: [], after: null };

/** How much of it is kept for one reader. */
const MOST_MISSED = 100;

/** How many calls make one look at a parked turn, which is silent for as long as nobody answers. */
const PARKED_LOOKS = 6;
