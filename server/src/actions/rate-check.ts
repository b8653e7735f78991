import type { SessionRecord } from "../store/records.js";
import { ActionError } from "./action-error.js";
import type { Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";

/** @throws {ActionError} RATE_LIMITED when the visitor or the address said too much in this minute */
export async function checkMessageRate(
  { organizationId, agentId, userId, conversationId }: SessionRecord,
  { address }: Caller,
  { rates }: ActionPorts,
): Promise<void> {
  const visitor = userId === null ? [conversationId] : [organizationId, agentId, userId];
  refuseFor(await rates.message(JSON.stringify(visitor), address));
}

/** @throws {ActionError} RATE_LIMITED when the address opened too many sessions in this minute */
export async function checkSessionRate({ address }: Caller, { rates }: ActionPorts): Promise<void> {
  refuseFor(await rates.session(address));
}

function refuseFor(retryAfterMs: number): void {
  if (retryAfterMs === 0) return;
  const message = "That was a lot at once. Please wait a moment and try again.";
  throw new ActionError("RATE_LIMITED", message, true, retryAfterMs);
}
