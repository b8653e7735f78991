import type { TerminalEvent } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import type { TurnWithSteps } from "../store/records.js";
import type { Expiry, ExpiredTurn } from "../store/store.js";
import type { TurnPorts } from "./ports.js";
import { completion } from "./turn-end.js";

/** How long a process that nobody watches leaves what has expired to one that is watched. */
const UNWATCHED_GRACE_MS = 2_000;

/** What becomes of a turn that waited in vain: this process goes on with it, or it ends. */
export type Unanswered =
  | { next: { owner: string } }
  | {
      next: Pick<Extract<Expiry, { end: unknown }>, "end">;
      turn: TurnWithSteps;
      terminal: TerminalEvent;
    };

/**
 * Decides about a turn whose time to wait is up. With somebody there it goes on, so that its model says
 * what that means; with nobody it closes without a model call, and the next turn's model is told.
 *
 * @returns null when it is left to another process for now, or is gone
 */
export async function unanswered(
  { turnId, conversationId, expiresAt }: ExpiredTurn,
  ports: TurnPorts,
  backplane: Backplane,
): Promise<Unanswered | null> {
  const { store, now, owner } = ports;
  if (await backplane.isFollowed(conversationId)) return { next: { owner } };
  const grace = store.isShared ? UNWATCHED_GRACE_MS : 0;
  if (now() < expiresAt.getTime() + grace) return null;
  const turn = await store.turn(turnId);
  if (!turn) return null;
  const { terminal, ...end } = await completion(turn, ports);
  return { next: { end: { ...end, terminal: JSON.stringify(terminal) } }, turn, terminal };
}
