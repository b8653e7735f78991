import type {
  ActionInput,
  ErrorDescriptor,
  PageContext,
  ServerEvent,
  SessionDescriptor,
} from "@smooth-agent/protocol";
import { LIMITS } from "@smooth-agent/protocol/codes";
import { RequestError } from "./request-error.js";
import type { Ask } from "./requests.js";
import { createTurn, outcomeOf, type OpenTurn, type Turn, type TurnOutcome } from "./turn.js";

export interface TurnsOptions {
  ask: Ask;
  send(action: ActionInput): boolean;
  /** The session to send in; undefined while there is none to send to. */
  sessionId(): string | undefined;
  /** What the page says of itself, told with each message. */
  context(): PageContext | undefined;
  /** Tells everybody of an event that no server sent. */
  emit(event: ServerEvent): void;
  /** The server knows the session no more: take it up anew. */
  renew(): void;
}

/** The turns that this client started and whose end it does not know, over all connections. */
export interface Turns {
  /** Sends a message, now or when the session is ready, and until the server acked it. */
  start(text: string, requestId: string): Turn;
  /** Ends a turn, anybody's, now or as soon as the session shows that it still goes on. */
  cancel(requestId: string): void;
  /** @returns true when the event is dealt with and nobody else is to hear of it */
  hear(event: ServerEvent): boolean;
  /** The session is taken up: compares what is open with what the server says. */
  ready(descriptor: SessionDescriptor, resumed: boolean): void;
  /** The session has ended, and what was accepted in it with it. */
  lose(): void;
  /** Ends the handles; what was accepted goes on at the server. */
  close(): void;
}

export function createTurns(options: TurnsOptions): Turns {
  const { ask, sessionId, emit } = options;
  const pending = new Map<string, Pending>();
  const cancels = new Set<string>();

  return {
    start(text, requestId) {
      const turn = createTurn(requestId, () => cancel(requestId));
      const entry: Pending = {
        turn,
        text,
        sent: false,
        asking: false,
        accepted: false,
        renewed: false,
      };
      pending.set(requestId, entry);
      const complaint = complaintAbout(text);
      if (complaint) tell(requestId, { code: "VALIDATION_ERROR", message: complaint });
      else deliver(entry);
      return turn;
    },

    cancel,
    hear,

    ready({ activeTurn, lastTurn }, resumed) {
      for (const [requestId, entry] of [...pending]) {
        if (activeTurn?.requestId === requestId) {
          entry.accepted = true;
          const timestamp = Date.now();
          entry.turn.push({ type: "turn_snapshot", requestId, data: activeTurn, timestamp });
        } else if (lastTurn?.requestId === requestId) {
          entry.accepted = true;
          hear(lastTurn.terminal);
        } else if (resumed || !entry.accepted) {
          // Sent again under its own id, an accepted message brings its terminal event.
          deliver(entry);
        } else {
          tell(requestId, GONE);
        }
      }
      for (const requestId of [...cancels]) {
        if (activeTurn?.requestId === requestId || pending.has(requestId)) sendCancel(requestId);
        else cancels.delete(requestId);
      }
    },

    lose() {
      for (const [requestId, { accepted }] of [...pending]) if (accepted) tell(requestId, GONE);
    },

    close() {
      const error: ErrorDescriptor = {
        code: "UNAVAILABLE",
        message: "The client was closed before the answer was complete.",
        retryable: true,
      };
      for (const requestId of [...pending.keys()]) finish(requestId, { status: "failed", error });
      cancels.clear();
    },
  };

  function deliver(entry: Pending): void {
    const session = sessionId();
    if (session === undefined || entry.asking) return;
    const { requestId } = entry.turn;
    entry.sent = true;
    entry.asking = true;
    const said = { message: entry.text, context: options.context() };
    ask({ action: "send_message", requestId, sessionId: session, ...said }, () => {
      entry.accepted = true;
    })
      .catch((error: unknown) => {
        const unanswered = error instanceof RequestError && error.origin === "timeout";
        if (unanswered && pending.has(requestId)) tell(requestId, error.descriptor);
      })
      .finally(() => (entry.asking = false));
  }

  function hear(event: ServerEvent): boolean {
    const { requestId } = event;
    const entry = requestId === undefined ? undefined : pending.get(requestId);
    const outcome = outcomeOf(event, entry?.accepted ?? true);
    if (requestId === undefined) return false;
    if (outcome) cancels.delete(requestId);
    if (!entry) return false;
    if (event.type === "error" && event.error.code === "SESSION_NOT_FOUND" && !entry.renewed) {
      entry.renewed = true;
      options.renew();
      return true;
    }
    entry.turn.push(event);
    if (outcome) finish(requestId, outcome);
    return false;
  }

  function cancel(requestId: string): void {
    const entry = pending.get(requestId);
    if (entry && !entry.sent) {
      const data = { status: 499, requestId } as const;
      const event = { type: "cancelled", ...data, data, timestamp: Date.now() } as const;
      hear(event);
      emit(event);
      return;
    }
    cancels.add(requestId);
    sendCancel(requestId);
  }

  function sendCancel(requestId: string): void {
    const session = sessionId();
    if (session) options.send({ action: "cancel", requestId, sessionId: session });
  }

  function tell(requestId: string, error: ErrorDescriptor): void {
    const data = { requestId, error };
    const event = { type: "error", ...data, data, timestamp: Date.now() } as const;
    pending.get(requestId)?.turn.push(event);
    finish(requestId, { status: "failed", error });
    emit(event);
  }

  function finish(requestId: string, outcome: TurnOutcome): void {
    pending.get(requestId)?.turn.end(outcome);
    pending.delete(requestId);
  }
}

const GONE: ErrorDescriptor = { code: "SESSION_NOT_FOUND", message: "The conversation is gone." };

interface Pending {
  turn: OpenTurn;
  text: string;
  /** Whether it was ever put on a wire. */
  sent: boolean;
  /** Whether it is on the present wire and not acked: it may be started while `ready` runs. */
  asking: boolean;
  accepted: boolean;
  /** Whether the session was renewed for it; once is enough. */
  renewed: boolean;
}

/** A frame over the limit would end the socket, and again after every reconnect. */
function complaintAbout(text: string): string | undefined {
  const { messageCharacters, frameBytes } = LIMITS;
  if (text.trim() === "") return "A message must not be blank.";
  const long = text.length > messageCharacters && [...text].length > messageCharacters;
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  // The rest of the frame, its identifiers above all, has its own bounds.
  return long || bytes > frameBytes - 2_048 ? "The message is too long." : undefined;
}
