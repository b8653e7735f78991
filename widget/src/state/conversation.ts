import type { Client } from "../client/client.js";
import { reasonOf } from "../client/request-error.js";
import { newId } from "../client/runtime.js";
import type { ConversationInput } from "./conversation-input.js";
import type {
  Conversation,
  ConversationState,
  TranscriptEntry,
  VerdictDetails,
  VisitorEntry,
} from "./conversation-state.js";
import { createOneTimeCode } from "./one-time-code.js";
import { createConversations } from "./conversations.js";
import { createIdentity } from "./identity.js";
import { createKeptDraft } from "./kept-draft.js";
import { createOutbox } from "./outbox.js";
import { createRating } from "./rating.js";
import { EMPTY_CONVERSATION, reduce } from "./reduce.js";
import { waitingQuestions } from "./waiting-questions.js";

export interface ConversationOptions {
  /** Messages per page of history, 1 to 100. */
  pageSize?: number;
  /** Milliseconds before a message is tried again that met another turn. */
  busyMs?: number;
  /** Milliseconds before the newest page of history is asked for again that the server failed to give. */
  reloadMs?: number;
  /**
   * What a user interface is to do with a message that is sent during an answer: hold it back in its field,
   * which is what it is told when this is absent, or send it, so that it waits behind the answer.
   */
  whileBusy?: "wait" | "queue";
  /** Milliseconds after the first change of a draft before it is kept. */
  draftMs?: number;
}

/** A conversation over `client`, which it opens and closes. */
export function createConversation(
  client: Client,
  options: ConversationOptions = {},
): Conversation {
  const { pageSize = 50, busyMs = 1_000, reloadMs = 5_000, draftMs = 500, whileBusy } = options;
  let state: ConversationState = { ...EMPTY_CONVERSATION, ...(whileBusy && { whileBusy }) };
  const outbox = createOutbox(client.keep);
  const kept = createKeptDraft(client.keep, draftMs);
  /** When the last message was written: their times tell their order, also after a reload. */
  let lastAt = 0;
  const listeners = new Set<(state: ConversationState) => void>();
  /** Counts sessions taken up: a page that was asked for in an earlier one is out of date. */
  let taken = 0;
  /** Whether the newest page is still to be asked for in this session. */
  let stale = false;
  /** Whether the client let go of what it was sending. */
  let closed = false;
  let busy: Timer;
  let reload: Timer;

  client.subscribe((notice) => {
    if (notice.type === "session") {
      taken += 1;
      stale = notice.resumed;
      dispatch({ ...notice, at: Date.now() });
      return;
    }
    if (notice.type === "kept") {
      const messages = outbox.take(notice.items);
      lastAt = Math.max(lastAt, ...messages.map(({ at }) => at));
      return dispatch({ type: "kept", messages, draft: kept.take(notice.items) });
    }
    if (notice.type === "left") {
      outbox.drop();
      kept.drop();
      taken += 1;
      stale = closed = false;
    }
    if (notice.type === "decided") return dispatch({ ...notice, at: Date.now() });
    if (notice.type === "event" && notice.event.type === "error") {
      const { code, retryAfterMs = busyMs } = notice.event.error;
      if (code === "TURN_IN_PROGRESS") holdBack(Math.min(retryAfterMs, 30_000));
    }
    const before = state.activeTurnId;
    dispatch(notice);
    if (before !== undefined && state.activeTurnId === undefined) release();
    if (notice.type !== "connection") return;
    if (notice.state.status === "closed") closed = true;
    if (notice.state.status !== "online") stopTimers();
    else if (closed) sendAgain();
  });

  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open,
    write(text) {
      dispatch({ type: "drafting", text });
    },
    send,
    unsend(id) {
      const entry = state.transcript.find((each) => each.id === id && isHeldBack(each));
      if (entry?.kind !== "visitor") return undefined;
      dispatch({ type: "unsent", id });
      return entry.text;
    },
    retry(id) {
      dispatch({ type: "retried", id, at: now() });
    },
    declineAndSend(text) {
      if (text.trim() === "") return;
      const [asked] = waitingQuestions(state);
      if (asked?.interaction) answer(asked.toolCallId, null);
      else if (asked) decide(asked.toolCallId, false);
      send(text);
    },
    decide,
    answer,
    ...createOneTimeCode({ client, state: () => state, dispatch, send }),
    revokeGrant(grantId) {
      if (!changes({ type: "revoking", grantId })) return;
      const told = (done: boolean) => () => dispatch({ type: "revoked", grantId, done });
      client.revokeGrant(grantId).then(told(true), told(false));
    },
    stop,
    editLast: () => state.transcript.findLast(isVisitors)?.text,
    resend(text) {
      if (text.trim() !== "") stop();
      send(text);
    },
    ...createRating({ client, state: () => state, dispatch }),
    ...createConversations({
      client,
      state: () => state,
      dispatch,
      leave() {
        taken += 1;
        stale = false;
        stopTimers();
        dispatch({ type: "moving" });
      },
    }),
    loadOlder() {
      const { loading, cursor } = state.history;
      if (!loading && typeof cursor === "string" && isOnline()) void load(cursor);
    },
    ...createIdentity({ client, state: () => state, open }),
    close() {
      kept.flush();
      client.close();
    },
  };

  function open(): void {
    void client.connect();
  }

  function send(text: string, id = newId()): void {
    if (text.trim() !== "") dispatch({ type: "written", id, text, at: now() });
  }

  function stop(): void {
    const id = state.activeTurnId ?? state.transcript.find(isSending)?.id;
    if (id !== undefined) client.cancel(id);
  }

  function now(): number {
    return (lastAt = Math.max(Date.now(), lastAt + 1));
  }

  function decide(toolCallId: string, approved: boolean, details?: VerdictDetails): void {
    // Answered already, or no such question.
    if (!changes({ type: "deciding", toolCallId, approved })) return;
    client.confirm(toolCallId, approved, details).catch((error: unknown) => {
      dispatch({ type: "undecided", toolCallId, error: reasonOf(error) });
    });
  }

  function answer(interactionId: string, values: Record<string, unknown> | null): void {
    if (!changes({ type: "answering", interactionId, values })) return;
    client.submitInteraction(interactionId, values).catch((error: unknown) => {
      dispatch({ type: "unanswered", interactionId, error: reasonOf(error) });
    });
  }

  function changes(input: ConversationInput): boolean {
    const before = state;
    dispatch(input);
    return state !== before;
  }

  function dispatch(input: ConversationInput): void {
    const next = reduce(state, input);
    try {
      if (next !== state) {
        const isSaid = next.transcript !== state.transcript && !isToken(input);
        state = next;
        if (isSaid) outbox.note(next.transcript);
        kept.note(next.draft ?? "");
        for (const listener of [...listeners]) listener(state);
      }
    } finally {
      advance();
    }
  }

  /** Does what is due: the newest page first, which nothing may be sent beside, then what waits. */
  function advance(): void {
    if (!isOnline() || closed || state.history.loading || state.transcript.some(isSending)) return;
    if (stale) {
      stale = false;
      void load();
      return;
    }
    if (state.activeTurnId !== undefined || busy !== undefined) return;
    const entry = state.transcript.find(isWaiting);
    if (!entry) return;
    dispatch({ type: "sending", id: entry.id });
    client.send(entry.text, entry.id);
  }

  async function load(cursor?: string): Promise<void> {
    const mine = taken;
    dispatch({ type: "history-loading" });
    try {
      await client.messages({ limit: pageSize, cursor }, (page) => {
        if (mine === taken) dispatch({ type: "history-page", page, newest: cursor === undefined });
      });
    } catch {
      if (mine !== taken) return;
      dispatch({ type: "history-failed" });
      if (cursor !== undefined || !isOnline()) return;
      reload = setTimeout(() => {
        stale = true;
        advance();
      }, reloadMs);
    }
  }

  /** The end of the turn that is in the way may never be heard here: time tries again as well. */
  function holdBack(ms: number): void {
    clearTimeout(busy);
    busy = setTimeout(release, ms);
  }

  function release(): void {
    clearTimeout(busy);
    busy = undefined;
    advance();
  }

  function stopTimers(): void {
    clearTimeout(reload);
    release();
  }

  /** What was on its way when the client was closed goes first: history may hold it already. */
  function sendAgain(): void {
    closed = false;
    const entry = state.transcript.find(isSending);
    if (entry) client.send(entry.text, entry.id);
    else advance();
  }

  function isOnline(): boolean {
    return state.connection.status === "online";
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;

function isSending(entry: TranscriptEntry): entry is VisitorEntry {
  return entry.kind === "visitor" && entry.delivery === "sending";
}

function isVisitors(entry: TranscriptEntry): entry is VisitorEntry {
  return entry.kind === "visitor";
}

/** Finds out whether a message is only here, and nowhere on its way. */
function isHeldBack(entry: TranscriptEntry): boolean {
  return isVisitors(entry) && (entry.delivery === "waiting" || entry.delivery === "refused");
}

/** Of the many events of an answer these change nothing of the visitor's. */
function isToken(input: ConversationInput): boolean {
  return input.type === "event" && input.event.type.startsWith("stream_");
}

function isWaiting(entry: TranscriptEntry): entry is VisitorEntry {
  return entry.kind === "visitor" && entry.delivery === "waiting";
}
