import {
  clientToolCall,
  type ClientToolCall,
  type ClientToolCallData,
} from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { ClientCall, ExpiredTurn, ToolAnswer } from "../store/store.js";
import { pageName } from "../tools/client-tools.js";
import type { TurnPorts } from "./ports.js";
import { cutText, storable } from "./stored-text.js";
import { shownArguments } from "./tool-call.js";
import { OUTCOME_UNKNOWN } from "./tool-run.js";
import { unanswered } from "./unanswered.js";

/**
 * Parks a turn on a call that the visitor's page is to run.
 *
 * @returns what is offered to the pages of its session
 */
export async function parkForPage(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  { store, owner, limits, now }: TurnPorts,
): Promise<ClientToolCall> {
  const expiresAt = now() + limits.clientToolOfferMs;
  await store.parkForPage(turn.id, owner, call.id, new Date(expiresAt));
  return clientToolCall(callData(turn.requestId, call, expiresAt), now());
}

/** A page's call as that page is told of it: what was approved, when it was changed before. */
export function callData(
  requestId: string,
  call: Pick<ClientCall, "id" | "name" | "arguments" | "editedArguments">,
  expiresAt: number,
): ClientToolCallData {
  const { id: toolCallId, name } = call;
  const args = shownArguments(call);
  return { requestId, toolCallId, name: pageName(name) ?? name, arguments: args, expiresAt };
}

/** What a page says came of its call, marked as the page's own words; a longer text is cut and says so. */
export function pageAnswer(said: string, isError: boolean): ToolAnswer {
  const text = storable(cutText(said, PAGE_CHARACTERS));
  const told = isError ? { error: text } : { result: text };
  const cut = said.length > PAGE_CHARACTERS && { cut: true };
  const result = JSON.stringify({ from: "page", ...told, ...cut });
  return { state: isError ? "failed" : "succeeded", result, isError };
}

/**
 * Ends the waiting for a page whose time is up.
 *
 * @returns whether the turn goes on in this process
 */
export async function expireClientCall(
  due: ExpiredTurn,
  ports: TurnPorts,
  backplane: Backplane,
): Promise<boolean> {
  const at = new Date(ports.now());
  const becomes = await unanswered(due, ports, backplane);
  if (!becomes) return false;
  const { from: _, ...claimed } = OUTCOME_UNKNOWN;
  const untold = { unclaimed: NO_PAGE, claimed };
  const expired = await ports.store.expireClientCall(due.turnId, at, untold, becomes.next);
  if (!expired) return false;
  if (!("terminal" in becomes)) return true;
  // Somebody may have come this very moment.
  backplane.publish(due.conversationId, { event: becomes.terminal });
  return false;
}

/** Characters of a page's words that are kept. */
const PAGE_CHARACTERS = 16_000;

/** Of a call that no page took: there is none, or none that declared the tool. */
const NO_PAGE: ToolAnswer = {
  state: "failed",
  result:
    "No page is open that could do this. Nothing was run. Tell the visitor so, or help in another way.",
  isError: true,
};
