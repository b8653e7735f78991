import type {
  Confirmation,
  Decision,
  ErrorDescriptor,
  PastToolCall,
  ToolCallChunk,
  ToolCallState,
  ToolItem,
  ToolResultChunk,
} from "@smooth-agent/protocol";
import type { AgentPart, ToolPart, Verdict } from "./conversation-state.js";

/** Shows a tool that is called; a question that was asked for it before becomes the same part. */
export function withCall(parts: AgentPart[], call: ToolCallChunk): AgentPart[] {
  const { name, title, arguments: given } = call;
  // A server without the extension names no call; its calls are told apart by their place.
  const toolCallId = call.toolCallId ?? `${name} ${parts.length}`;
  return upsert(parts, toolCallId, (part) => ({
    ...(part ?? { type: "tool", toolCallId, status: "executing" }),
    name,
    title,
    arguments: given,
  }));
}

/** Shows what a tool returned; without its call having been shown, nothing. */
export function withResult(parts: AgentPart[], chunk: ToolResultChunk): AgentPart[] {
  const { name, isError, result } = chunk;
  const part = parts.findLast(
    (candidate): candidate is ToolPart =>
      candidate.type === "tool" &&
      (chunk.toolCallId === undefined
        ? candidate.name === name && candidate.result === undefined
        : candidate.toolCallId === chunk.toolCallId),
  );
  if (!part) return parts;
  const given = chunk.status && OUTCOMES.includes(chunk.status) ? chunk.status : undefined;
  const status = given ?? (isError ? (refusedOrExpired(part) ?? "failed") : "succeeded");
  return replacePart(parts, part, { ...part, status, result });
}

/** Shows the question that the turn waits on. */
export function withQuestion(parts: AgentPart[], confirmation: Confirmation): AgentPart[] {
  const { toolCallId, toolName, arguments: given } = confirmation;
  return upsert(parts, toolCallId, (part) => ({
    ...(part ?? { type: "tool", toolCallId }),
    name: toolName,
    arguments: given,
    status: "awaiting",
    confirmation,
  }));
}

/** Reads a call from a snapshot; `former` is what was shown of it before. */
export function toolFromItem(
  item: ToolItem,
  former: ToolPart | undefined,
  turnAt: number,
): ToolPart {
  const verdict = former?.verdict;
  const confirmation = item.confirmation ?? former?.confirmation;
  if (!confirmation) return item;
  if (item.status === "awaiting") {
    // A verdict on its way is asked again by the client, while the question is still there.
    return verdict?.state === "sending"
      ? { ...item, confirmation, verdict }
      : { ...item, confirmation };
  }
  const decision = item.decision ?? decisionOf(item);
  if (verdict?.state === "decided") return { ...item, confirmation, verdict };
  if (!decision) return { ...item, confirmation, verdict: { state: "gone" } };
  // Never seen open here, so that nobody can say where it was answered.
  if (!former) return { ...item, confirmation, decision };
  const { approved, at = turnAt } = decision;
  const here = verdict?.state === "sending" && verdict.approved === approved;
  return { ...item, confirmation, verdict: { state: "decided", approved, at, here } };
}

/** Reads a call of an answer that has ended; the verdict known here stays where the record agrees. */
export function toolFromRecord(
  call: Omit<PastToolCall, "textOffset">,
  former: Partial<ToolPart> = {},
): ToolPart {
  const { verdict, verdictError, ...rest } = former;
  const part: ToolPart = { ...rest, type: "tool", ...call };
  const agrees =
    verdict?.state === "decided" && verdict.approved === (call.decision ?? verdict).approved;
  return settle(agrees ? { ...part, verdict } : part);
}

export function deciding(part: ToolPart, approved: boolean): ToolPart {
  if (!isOpen(part)) return part;
  const { verdictError, ...rest } = part;
  return { ...rest, verdict: { state: "sending", approved } };
}

export function decided(part: ToolPart, verdict: Verdict & { state: "decided" }): ToolPart {
  if (part.verdict?.state === "decided") return part;
  const { verdictError, ...rest } = part;
  const status =
    part.status === "awaiting" ? (verdict.approved ? "approved" : "denied") : part.status;
  return { ...rest, status, verdict };
}

/** The verdict was not accepted: the question is gone, or the card may be tried again. */
export function undecided(part: ToolPart, error: ErrorDescriptor): ToolPart {
  if (part.verdict?.state !== "sending") return part;
  const { verdict, ...rest } = part;
  return error.code === "NO_PENDING_CONFIRMATION" || error.code === "CONFIRMATION_MISMATCH"
    ? { ...rest, verdict: { state: "gone" } }
    : { ...rest, verdictError: error.message };
}

/** Nobody answered in time. */
export function expired(part: ToolPart): ToolPart {
  if (part.verdict?.state === "decided") return part;
  return { ...part, status: "expired", verdict: { state: "gone" } };
}

/** The turn ended: nothing of it goes on, and what was still asked is gone. */
export function settle(part: ToolPart): ToolPart {
  const { verdictError, ...rest } = part;
  const status = lastStatus(part);
  const isClosed = part.verdict?.state === "decided" || part.verdict?.state === "gone";
  if (!part.confirmation || part.decision || isClosed) {
    return status === part.status ? part : { ...rest, status };
  }
  return { ...rest, status, verdict: { state: "gone" } };
}

/** Finds out whether the visitor may still answer. */
export function isOpen(part: ToolPart): boolean {
  return part.confirmation !== undefined && part.verdict === undefined && !part.decision;
}

/** The states in which a call stays. */
const OUTCOMES: readonly ToolCallState[] = ["succeeded", "failed", "denied", "expired", "unknown"];

/** What a call counts as once its turn is over: of one that may have begun the outcome is unknown. */
function lastStatus({ status, confirmation }: ToolPart): ToolCallState {
  if (OUTCOMES.includes(status)) return status;
  if (status !== "awaiting" && status !== "proposed") return "unknown";
  return confirmation ? status : "expired";
}

function refusedOrExpired(part: ToolPart): "denied" | "expired" | undefined {
  const { verdict } = part;
  if (part.status === "expired") return "expired";
  return verdict && verdict.state !== "gone" && !verdict.approved ? "denied" : undefined;
}

function decisionOf({ status }: ToolItem): Decision | undefined {
  if (status === "denied") return { approved: false };
  return status === "expired" || status === "proposed" ? undefined : { approved: true };
}

function upsert(
  parts: AgentPart[],
  toolCallId: string,
  change: (part: ToolPart | undefined) => ToolPart,
): AgentPart[] {
  const part = parts.find(
    (candidate): candidate is ToolPart =>
      candidate.type === "tool" && candidate.toolCallId === toolCallId,
  );
  return part ? replacePart(parts, part, change(part)) : [...parts, change(undefined)];
}

function replacePart(parts: AgentPart[], former: ToolPart, next: ToolPart): AgentPart[] {
  return parts.map((part) => (part === former ? next : part));
}
