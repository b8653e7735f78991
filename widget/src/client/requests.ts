import type { ActionInput, ServerEvent } from "@smooth-agent/protocol";
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

/** The actions that wait for an answer on the present connection, by their requestId. */
export interface Requests {
  ask: Ask;
  /** Settles the request that this event answers, if it answers one. */
  hear(event: ServerEvent): void;
  /** Rejects all that wait: the connection that would have brought their answers is gone. */
  lose(): void;
}

/** @param send puts an action on the wire, or returns false when there is no connection */
export function createRequests(send: (action: ActionInput) => boolean, answerMs: number): Requests {
  const waiting = new Map<string, Waiting>();

  return {
    ask: (action, accept) =>
      new Promise((resolve, reject) => {
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
          accept(data) {
            settled();
            try {
              accept?.(data);
              resolve(data);
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
      }),

    hear(event) {
      const request = event.requestId === undefined ? undefined : waiting.get(event.requestId);
      if (event.type === "immediate_response") request?.accept(event.data);
      if (event.type === "error") request?.fail(new RequestError(event.error, "server"));
    },

    lose() {
      for (const request of [...waiting.values()]) request.fail(connectionLost());
    },
  };
}

interface Waiting {
  accept(data: Record<string, unknown>): void;
  fail(error: RequestError): void;
}
