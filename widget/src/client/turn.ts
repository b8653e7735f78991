import type { ErrorDescriptor, Reply, ServerEvent } from "@smooth-agent/protocol";
import { NON_TERMINAL_ERROR_CODES } from "@smooth-agent/protocol/codes";

/** How a turn ended; `text` is the whole answer. */
export type TurnOutcome =
  | { status: "completed"; text: string; reply: Reply }
  | { status: "cancelled" }
  | { status: "failed"; error: ErrorDescriptor };

/** A message this client sent, and what came of it. */
export interface Turn {
  readonly requestId: string;
  /**
   * The turn's events from its ack to its terminal event. A `turn_snapshot` among them replaces what
   * came before. Every iteration gets all of them; leaving one early cancels the turn.
   */
  readonly events: AsyncIterable<ServerEvent>;
  /** Never rejects. */
  readonly result: Promise<TurnOutcome>;
}

/** A turn as the client feeds it. */
export interface OpenTurn extends Turn {
  push(event: ServerEvent): void;
  end(outcome: TurnOutcome): void;
}

/** @param leave called when an iteration is left before the turn ended */
export function createTurn(requestId: string, leave: () => void): OpenTurn {
  const events: ServerEvent[] = [];
  let ended = false;
  let wake: () => void;
  let more = new Promise<void>((resolve) => (wake = resolve));
  let settle: (outcome: TurnOutcome) => void;
  const result = new Promise<TurnOutcome>((resolve) => (settle = resolve));

  const announce = () => {
    wake();
    more = new Promise<void>((resolve) => (wake = resolve));
  };

  return {
    requestId,
    result,
    events: {
      async *[Symbol.asyncIterator]() {
        try {
          for (let index = 0; ;) {
            const event = events[index];
            if (event) {
              index += 1;
              yield event;
            } else if (ended) {
              return;
            } else {
              await more;
            }
          }
        } finally {
          if (!ended) leave();
        }
      },
    },
    push(event) {
      events.push(event);
      announce();
    },
    end(outcome) {
      ended = true;
      settle(outcome);
      announce();
    },
  };
}

/**
 * Reads how an event ends its turn.
 *
 * @param accepted whether the turn was acked: before that every error is its end
 * @returns undefined when the turn goes on
 */
export function outcomeOf(event: ServerEvent, accepted: boolean): TurnOutcome | undefined {
  switch (event.type) {
    case "eventual_response": {
      const reply = event.data.data;
      return { status: "completed", text: reply.response.responseParts.join(""), reply };
    }
    case "cancelled":
      return { status: "cancelled" };
    case "error":
      if (accepted && NON_TERMINAL_ERROR_CODES.includes(event.error.code)) return undefined;
      return { status: "failed", error: event.error };
    default:
      return undefined;
  }
}
