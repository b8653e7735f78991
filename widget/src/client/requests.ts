import type { ActionInput, EventName, EventOf, ServerEvent } from "@smooth-agent/protocol";
import { connectionLost, RequestError, unavailable } from "./request-error.js";
import { newId } from "./runtime.js";

/**
 * Sends an action and waits for its answer.
 *
 * @param accept called with the answer's data before any later event is heard; may throw to reject
 * @returns the answer's data; rejects with a {@link RequestError}
 */
export type Ask = (
  action: ActionInput,
  accept?: (data: Record<string, unknown>) => void,
) => Promise<Record<string, unknown>>;

/**
 * Sends an action that is answered by other events than the usual one.
 *
 * @param answers the types of the events that answer it, beside `error`
 * @param accept as of {@link Ask}
 * @returns the event that answered it; rejects with a {@link RequestError}
 */
export type AskFor = <Type extends EventName>(
  action: ActionInput,
  answers: readonly Type[],
  accept?: (event: EventOf<Type>) => void,
) => Promise<EventOf<Type>>;

/** The actions that wait for an answer on the present connection, by their requestId. */
export interface Requests {
  ask: Ask;
  askFor: AskFor;
  /** Settles the request that this event answers, if it answers one. */
  hear(event: ServerEvent): void;
  /** Rejects all that wait: the connection that would have brought their answers is gone. */
  lose(): void;
}

/** @param send puts an action on the wire, or returns false when there is no connection */
export function createRequests(send: (action: ActionInput) => boolean, answerMs: number): Requests {
  const waiting = new Map<string, Waiting>();

  return {
    async ask(action, accept) {
      const { data } = await askFor(action, USUAL, (event) => accept?.(event.data));
      return data;
    },
    askFor,

    hear(event) {
      const request = event.requestId === undefined ? undefined : waiting.get(event.requestId);
      if (event.type === "error") request?.fail(new RequestError(event.error, "server"));
      else request?.hear(event);
    },

    lose() {
      for (const request of [...waiting.values()]) request.fail(connectionLost());
    },
  };

  function askFor<Type extends EventName>(
    action: ActionInput,
    answers: readonly Type[],
    accept?: (event: EventOf<Type>) => void,
  ): Promise<EventOf<Type>> {
    return new Promise((resolve, reject) => {
      const requestId = action.requestId ?? newId();
      const timer = setTimeout(
        () => request.fail(unavailable("The server did not answer in time.", "timeout")),
        answerMs,
      );
      const settled = () => {
        clearTimeout(timer);
        // A repeated action under the same id may have taken the place meanwhile.
        if (waiting.get(requestId) === request) waiting.delete(requestId);
      };
      const request: Waiting = {
        hear(event) {
          if (!isOneOf(event, answers)) return;
          settled();
          try {
            accept?.(event);
            resolve(event);
          } catch (error) {
            reject(error);
          }
        },
        fail(error) {
          settled();
          reject(error);
        },
      };
      waiting.set(requestId, request);
      if (!send({ ...action, requestId })) request.fail(connectionLost());
    });
  }
}

const USUAL = ["immediate_response"] as const;

interface Waiting {
  hear(event: ServerEvent): void;
  fail(error: RequestError): void;
}

function isOneOf<Type extends EventName>(
  event: ServerEvent,
  types: readonly Type[],
): event is EventOf<Type> & ServerEvent {
  return (types as readonly EventName[]).includes(event.type);
}
