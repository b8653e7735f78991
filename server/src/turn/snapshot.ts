import type { ActiveTurn, Decision, Pending, ToolItem, TurnItem } from "@smooth-agent/protocol";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import { shownChanges } from "./argument-change.js";
import { isQuietTool } from "./own-tool.js";
import { shownArguments, shownResult, storedConfirmation, storedInteraction } from "./tool-call.js";
import type { TurnEvent } from "./turn-event.js";

/** Between the texts of two model steps that both spoke. */
export const STEP_SEPARATOR = "\n\n";

/** The snapshot of a turn from what it has persisted. */
export function snapshotOf(turn: TurnWithSteps): ActiveTurn {
  const items: TurnItem[] = [];
  let spoke = false;
  for (const step of turn.steps) {
    if (step.reasoning !== "") items.push({ type: "reasoning", text: step.reasoning });
    if (step.text !== "") {
      items.push({ type: "text", text: spoke ? STEP_SEPARATOR + step.text : step.text });
      spoke = true;
    }
    items.push(...step.toolCalls.filter(wasShown).map(toolItem));
  }
  const waiting = turn.steps.flatMap(({ toolCalls }) => toolCalls).find(isAwaiting);
  const pending = waiting && (storedConfirmation(waiting) ?? storedInteraction(waiting));
  const status = turn.state === "parked" ? "parked" : "running";
  return { requestId: turn.requestId, status, items, ...(pending && { pending }) };
}

/** The snapshot after one more event. */
export function afterEvent(snapshot: ActiveTurn, event: TurnEvent): ActiveTurn {
  const { items } = snapshot;
  switch (event.type) {
    case "stream_token":
      return { ...snapshot, items: withText(items, "text", event.token) };
    case "stream_reasoning":
      return { ...snapshot, items: withText(items, "reasoning", event.token) };
    case "write_confirmation_required":
    case "interaction_required":
      return { ...snapshot, status: "parked", pending: event.data.data };
    case "client_tool_call":
      return { ...snapshot, status: "parked" };
    case "stream_chunk":
      return { ...snapshot, items: withChunk(snapshot, event.data.state.rawResponse) };
    default:
      return snapshot;
  }
}

type Chunk = Extract<TurnEvent, { type: "stream_chunk" }>["data"]["state"]["rawResponse"];

function withText(items: TurnItem[], type: "text" | "reasoning", token: string): TurnItem[] {
  const last = items.at(-1);
  if (last?.type !== type) return [...items, { type, text: token }];
  return [...items.slice(0, -1), { type, text: last.text + token }];
}

function withChunk(snapshot: ActiveTurn, chunk: Chunk): TurnItem[] {
  if ("toolCall" in chunk) {
    const { name, title, arguments: args, toolCallId = "" } = chunk.toolCall;
    const waits = snapshot.pending !== undefined && callOf(snapshot.pending) === toolCallId;
    const status = waits ? "awaiting" : "executing";
    const item: ToolItem = { type: "tool", toolCallId, name, title, arguments: args, status };
    return [...snapshot.items.filter((other) => !isCall(other, toolCallId)), item];
  }
  const { toolCallId, isError, result } = chunk.toolResult;
  const { status = isError ? "failed" : "succeeded" } = chunk.toolResult;
  return snapshot.items.map((item) =>
    isCall(item, toolCallId) ? { ...item, status, result } : item,
  );
}

/** The tool call that a question is about; a form is named by its own. */
export function callOf(pending: Pending): string {
  return "interactionId" in pending ? pending.interactionId : pending.toolCallId;
}

function isCall(item: TurnItem, toolCallId: string | undefined): item is ToolItem {
  return item.type === "tool" && item.toolCallId === toolCallId;
}

/** Whether a call waits for its answer. */
export function isAwaiting(call: ToolCallRecord): boolean {
  return call.state === "awaiting";
}

// A call that the turn has not come to yet was not shown: its chunk is still to follow. A quiet one never is.
export function wasShown({ state, name }: ToolCallRecord): boolean {
  return state !== "proposed" && !isQuietTool(name);
}

/** A call as it stands in the store. */
export function toolItem(call: ToolCallRecord): ToolItem {
  // The question that still waits stands beside the items, as `pending`.
  const asked = isAwaiting(call) ? null : storedConfirmation(call);
  const form = isAwaiting(call) ? null : storedInteraction(call);
  return {
    type: "tool",
    toolCallId: call.id,
    name: call.name,
    title: call.title ?? undefined,
    arguments: shownArguments(call),
    status: call.state,
    result: call.result === null ? undefined : shownResult(call.result),
    decision: decisionOf(call),
    confirmation: asked ?? undefined,
    interaction: form ?? undefined,
  };
}

function decisionOf(call: ToolCallRecord): Decision | undefined {
  const { approved, decidedBy, decidedAt, reason } = call;
  if (approved === null) return undefined;
  return {
    approved,
    by: decidedBy ?? undefined,
    at: decidedAt?.getTime(),
    reason: reason ?? undefined,
    changes: shownChanges(call),
  };
}
