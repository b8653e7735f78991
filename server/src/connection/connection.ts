import { randomUUID } from "node:crypto";
import {
  CLOSE_CODES,
  errorFrame,
  keepalive,
  LIMITS,
  LIVE_EVENTS,
  sessionEnded,
  type Action,
  type ClientTool,
  type ServerEvent,
  type SessionEnded,
} from "@smooth-agent/protocol";
import { describeError, sessionNotFound } from "../actions/action-error.js";
import type { Admission, Caller } from "../actions/caller.js";
import type { ActionPorts } from "../actions/ports.js";
import { dispatch } from "../actions/route-table.js";
import type { Principal } from "../auth/principal.js";
import type { Envelope } from "../backplane/backplane.js";
import { faultOf } from "../log/fault.js";
import type { SessionRecord } from "../store/records.js";
import { CLAIMED } from "../store/session-end-store.js";
import { callOf } from "../turn/snapshot.js";
import type { ConnectionLimits } from "./connection-limits.js";
import { isMistaken } from "./fault-request.js";
import { Follower, questionIn } from "./follower.js";
import { readFrame } from "./frame.js";
import { Lanes } from "./lanes.js";
import { PageCalls } from "./page-calls.js";
import { Outbox, type Wire } from "./outbox.js";

/** One client on one wire: decodes, dispatches, replies, follows. Knows no socket library. */
export class Connection implements Caller {
  readonly id = randomUUID();
  lastStarted: Caller["lastStarted"];
  lastVerdict: Caller["lastVerdict"];
  readonly #sessions = new Map<string, SessionRecord>();
  readonly #followers = new Map<string, Follower>();
  readonly #lanes = new Lanes();
  readonly #pageCalls: PageCalls;
  readonly #outbox: Outbox;
  readonly #keepalive: NodeJS.Timeout;
  #isOpen = true;

  constructor(
    private readonly wire: Wire,
    readonly origin: string | undefined,
    private readonly ports: ActionPorts,
    private readonly limits: ConnectionLimits,
    readonly address = "",
    readonly principal: Principal | null = null,
  ) {
    this.#pageCalls = new PageCalls(this, ports, limits);
    this.#outbox = new Outbox(wire, limits, () => this.#catchUp());
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
    const read = readFrame(data);
    if (read.ok) return this.#schedule(read.action);
    const { code, message, requestId } = read;
    this.reply(errorFrame(requestId, { code, message }, this.ports.now()));
  }

  /** Lets go of everything; called when the wire has closed. */
  end(): void {
    this.#isOpen = false;
    clearInterval(this.#keepalive);
    this.#pageCalls.end();
    for (const follower of this.#followers.values()) follower.stop();
    this.#followers.clear();
    this.#sessions.clear();
  }

  close(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.end();
    this.wire.close(code, reason);
  }

  reply(event: ServerEvent): void {
    this.#put(event);
  }

  session(sessionId: string): SessionRecord | undefined {
    return this.#sessions.get(sessionId);
  }

  sessions(): SessionRecord[] {
    return [...this.#sessions.values()];
  }

  async hold(session: SessionRecord, clientTools?: readonly ClientTool[]): Promise<Admission> {
    const { conversationId } = session;
    const follower = this.#follower(conversationId);
    const admitted = async () => {
      const feed = await follower.follow();
      // An end or a claim that comes from here on is heard: of one before, only the store knows.
      const [ended] = await this.ports.store.endedAmong([session]);
      if (ended) throw sessionNotFound();
      return feed;
    };
    const { activeTurn, lastTurn, release } = await admitted().catch((error: unknown) => {
      // Whoever followed it here before hears nothing more: the client has to come back.
      if (this.#sessionsOf(conversationId).length > 0) this.close(CLOSE_CODES.drain, AGAIN);
      else this.#unfollow(conversationId);
      throw error;
    });
    if (!this.#isOpen) {
      follower.stop();
      return { activeTurn: null, lastTurn: null, release: () => undefined };
    }
    this.#sessions.set(session.id, { ...session, clientTools: null });
    this.#pageCalls.declare(session.id, clientTools);
    const admit = () => this.#pageCalls.lookAfter(release, session.id);
    return { activeTurn, lastTurn, release: admit };
  }

  leave(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    this.#sessions.delete(sessionId);
    this.#pageCalls.leave(sessionId);
    const { conversationId } = session;
    if (this.#sessionsOf(conversationId).length === 0) this.#unfollow(conversationId);
  }

  /** Lets go of a session that ended or is not allowed here any more, if held; of the last one, with the wire. */
  drop(sessionId: string, reason: string): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    this.#tellEnd(session, reason);
    this.leave(sessionId);
    if (this.#sessions.size === 0) this.close(CLOSE_CODES.sessionEnded, "The session has ended.");
  }

  /** Closes the wire for a session that is another user's by now, unless what it does itself made it so. */
  disown(session: SessionRecord): void {
    this.#lanes.run(session.id, async () => {
      if (this.#sessions.get(session.id) === session) this.close(CLOSE_CODES.drain, AGAIN);
    });
  }

  /** Closes the wire because the token that opened it has expired; with a fresh one its sessions go on. */
  expire(): void {
    for (const session of this.sessions()) this.#tellEnd(session, "expired");
    this.close(CLOSE_CODES.sessionEnded, "The token has expired.");
  }

  shownQuestion(conversationId: string): string | undefined {
    return this.#followers.get(conversationId)?.shownQuestion;
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
    } else if (action.action === "create_conversation_session") this.#lanes.run(CREATES, work);
    // A create starts no turn, and may wait for the host: no cancel waits for it.
    else if (action.action === "cancel") this.#lanes.runAfterAll(work, CREATES);
    // What goes by all sessions of the connection waits for those that are being opened.
    else this.#lanes.runAfterAll(work);
  }

  async #perform(action: Action): Promise<void> {
    try {
      await dispatch(action, this, this.ports);
    } catch (error) {
      const descriptor = describeError(error);
      const isFault = descriptor.code === "INTERNAL_ERROR" || descriptor.code === "STORAGE_ERROR";
      if (isFault) {
        this.ports.log.error({ action: action.action, ...faultOf(error) }, "action failed");
      }
      const isMisread = isMistaken(descriptor.code, action, this.#followers.values());
      const requestId = isMisread ? undefined : action.requestId;
      this.reply(errorFrame(requestId, descriptor, this.ports.now()));
    }
  }

  #follower(conversationId: string): Follower {
    const known = this.#followers.get(conversationId);
    const deliver = (envelope: Envelope) => this.#deliver(conversationId, envelope);
    const follower = known ?? new Follower(conversationId, this.ports, deliver);
    this.#followers.set(conversationId, follower);
    return follower;
  }

  #tellEnd({ id: sessionId, supports }: SessionRecord, reason: string): void {
    if (supports.includes("live")) this.#put(sessionEnded({ sessionId, reason }, this.ports.now()));
  }

  #unfollow(conversationId: string): void {
    this.#followers.get(conversationId)?.stop();
    this.#followers.delete(conversationId);
  }

  #deliver(conversationId: string, { event, cause, sessionId }: Envelope): void {
    // Said to whoever holds this very session, and to nobody else of the conversation.
    if (event.type === "session_ended") return this.#ended(event.data, cause);
    if (sessionId !== undefined && !this.#sessions.has(sessionId)) return;
    if (event.type === "client_tool_call") return this.#pageCalls.hear(event, sessionId);
    if (LIVE_EVENTS.includes(event.type)) {
      if (cause === this.id || !this.#wantsLive(conversationId)) return;
    }
    this.#put(event, conversationId);
  }

  #ended({ sessionId, reason }: SessionEnded["data"], cause: string | undefined): void {
    if (reason !== CLAIMED) return this.drop(sessionId, reason);
    // Whoever has the token that came with the claim takes it up again; who has only an older one cannot.
    if (cause !== this.id && this.#sessions.has(sessionId)) this.close(CLOSE_CODES.drain, AGAIN);
  }

  /** Notes which question the reader was shown, once it is on its way. */
  #shown(event: ServerEvent, conversationId: string | undefined): (() => void) | undefined {
    const follower = conversationId === undefined ? undefined : this.#followers.get(conversationId);
    const asked = questionIn(event);
    return follower && asked ? () => void (follower.shownQuestion = callOf(asked)) : undefined;
  }

  #put(event: ServerEvent, conversationId?: string): void {
    if (!this.#isOpen) return;
    const { bytes, lateSince } = this.#outbox;
    const isLate = lateSince !== undefined && Date.now() - lateSince > this.limits.slowReaderMs;
    // Asked before, not after: one long page of history is no slow reader.
    if (bytes > this.limits.outboundBytes || isLate) {
      this.close(CLOSE_CODES.slowReader, TOO_SLOW);
      return;
    }
    this.#outbox.put(event, this.#shown(event, conversationId));
    const follower = conversationId === undefined ? undefined : this.#followers.get(conversationId);
    if (follower && this.#outbox.bytes > this.limits.backlogBytes) this.#lag(follower);
  }

  /** Lets go of a turn whose reader can be shown a snapshot of it once it has caught up. */
  #lag(follower: Follower): void {
    const { activeRequestId, conversationId, isLagging } = follower;
    if (activeRequestId === undefined || isLagging || !this.#wantsLive(conversationId)) return;
    if (this.#outbox.bytesOf(activeRequestId) <= this.limits.backlogBytes) return;
    follower.lag();
    this.#outbox.drop(activeRequestId);
  }

  #catchUp(): void {
    for (const follower of this.#followers.values()) {
      if (!follower.isLagging) continue;
      this.#rejoin(follower).catch((error: unknown) => {
        this.ports.log.error(faultOf(error), "a slow reader could not be caught up with");
        this.close(CLOSE_CODES.slowReader, TOO_SLOW);
      });
    }
  }

  async #rejoin(follower: Follower): Promise<void> {
    const { release, missed } = await follower.rejoin(this.ports.now());
    if (!this.#isOpen) return follower.stop();
    if (!missed) return this.close(CLOSE_CODES.slowReader, TOO_SLOW);
    for (const envelope of missed) this.#deliver(follower.conversationId, envelope);
    release();
    for (const { id } of this.#sessionsOf(follower.conversationId)) this.#pageCalls.lookFor(id);
  }

  #wantsLive(conversationId: string): boolean {
    return this.#sessionsOf(conversationId).some(({ supports }) => supports.includes("live"));
  }

  #sessionsOf(conversationId: string): SessionRecord[] {
    return this.sessions().filter((session) => session.conversationId === conversationId);
  }

  #keepAlive(): void {
    for (const follower of this.#followers.values()) {
      const { activeRequestId } = follower;
      if (activeRequestId === undefined) continue;
      this.reply(keepalive(activeRequestId, this.ports.now()));
      follower.lookForEnd().catch((error: unknown) => {
        this.ports.log.error(faultOf(error), "the end of a silent turn could not be looked for");
      });
    }
  }
}

const CREATES = "";
const AGAIN = "The session has to be taken up again.";
const TOO_SLOW = "The reader is too slow.";
