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
import type { AgentPart, ToolPart, Verdict, VerdictRecord } from "./conversation-state.js";
import { answered, settledForm, withFormerForm, withFormResult } from "./form-part.js";
import { replacePart, upsert } from "./part-list.js";

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
  const { verdictError, ...rest } = part;
  return replacePart(parts, part, withFormResult({ ...rest, status, result }));
}

/** Shows the question that the turn waits on; one that was decided stays so. */
export function withQuestion(parts: AgentPart[], confirmation: Confirmation): AgentPart[] {
  const { toolCallId, toolName, arguments: given } = confirmation;
  return upsert(parts, toolCallId, (part) => {
    if (part && (isDecided(part) || part.result !== undefined)) return part;
    const { verdict, ...rest } = part ?? { toolCallId };
    // A verdict on its way is asked again by the client, while the question is still there.
    const kept = verdict?.state === "sending" && { verdict };
    const asked = { type: "tool", name: toolName, arguments: given, status: "awaiting" } as const;
    return { ...rest, ...asked, confirmation, ...kept };
  });
}

/** Reads a call from a snapshot; `former` is what was shown of it before. */
export function toolFromItem(
  item: ToolItem,
  former: ToolPart | undefined,
  turnAt: number,
): ToolPart {
  const verdict = former?.verdict;
  const part = withFormerForm(item, former);
  const confirmation = item.confirmation ?? former?.confirmation;
  if (!confirmation) return part;
  const asked = { ...part, confirmation };
  const decision = item.decision ?? decisionOf(item);
  if (verdict?.state === "decided") {
    return { ...asked, verdict: { ...verdict, ...recordOf(item.decision) } };
  }
  if (item.status === "awaiting") {
    // A verdict on its way is asked again by the client, while the question is still there.
    return verdict?.state === "sending" ? { ...asked, verdict } : asked;
  }
  if (!decision) return { ...asked, verdict: { state: "gone" } };
  // Never seen open here, so that nobody can say where it was answered.
  if (!former) return { ...asked, decision };
  const { approved, at = turnAt } = decision;
  const here = isOwnVerdict(former, approved);
  return {
    ...asked,
    verdict: { state: "decided", approved, at, here, ...recordOf(decision) },
  };
}

/** Reads a call of an answer that has ended; the verdict known here stays where the record agrees. */
export function toolFromRecord(
  call: Omit<PastToolCall, "textOffset">,
  former: Partial<ToolPart> = {},
): ToolPart {
  const { verdict, verdictError, fieldErrors, enteredValues, answer, ...rest } = former;
  const { interaction } = rest;
  const part = withFormerForm({ ...rest, type: "tool", ...call }, { answer, interaction });
  const agrees =
    verdict?.state === "decided" && verdict.approved === (call.decision ?? verdict).approved;
  if (!agrees) return settle(part);
  return settle({ ...part, verdict: { ...verdict, ...recordOf(call.decision) } });
}

export function deciding(part: ToolPart, approved: boolean): ToolPart {
  if (!isOpen(part)) return part;
  const { verdictError, ...rest } = part;
  return { ...rest, verdict: { state: "sending", approved } };
}

/** @param approved what is to run, where it is not what was asked */
export function decided(
  part: ToolPart,
  verdict: Verdict & { state: "decided" },
  approved?: Confirmation,
): ToolPart {
  if (!part.confirmation || isDecided(part)) return part;
  const { verdictError, ...rest } = part;
  const status =
    part.status === "awaiting" ? (verdict.approved ? "approved" : "denied") : part.status;
  if (approved?.toolCallId !== part.toolCallId) return { ...rest, status, verdict };
  const changes = changesBetween(part.confirmation, approved);
  const told = changes.length > 0 ? { ...verdict, changes } : verdict;
  const edited = { confirmation: approved, arguments: approved.arguments };
  return { ...rest, ...edited, status, verdict: told };
}

/** The verdict was not accepted: the question is gone, or the card may be tried again. */
export function undecided(part: ToolPart, { code, message }: ErrorDescriptor): ToolPart {
  if (part.verdict?.state !== "sending") return part;
  const { verdict, ...rest } = part;
  const isGone = code === "NO_PENDING_CONFIRMATION" || code === "CONFIRMATION_MISMATCH";
  return isGone || part.status !== "awaiting" ? gone(part) : { ...rest, verdictError: message };
}

/** Nobody answered in time. */
export function expired(part: ToolPart): ToolPart {
  return isDecided(part) ? part : { ...gone(part), status: "expired" };
}

/** Something else is asked now. */
export function unasked(part: ToolPart): ToolPart {
  const isAsked = part.confirmation && part.verdict?.state !== "gone" && !isDecided(part);
  return isAsked ? gone(part) : answered(part, { state: "gone" });
}

/** The question is gone, and no decision is known. */
function gone({ verdictError, ...rest }: ToolPart): ToolPart {
  return { ...rest, verdict: { state: "gone" } };
}

/** The turn ended: nothing of it goes on, and what was still asked is gone. */
export function settle(call: ToolPart): ToolPart {
  const part = settledForm(call);
  const { verdictError, ...rest } = part;
  const status = lastStatus(part);
  const isClosed = part.verdict?.state === "decided" || part.verdict?.state === "gone";
  if (!part.confirmation || part.decision || isClosed) {
    return status === part.status ? part : { ...rest, status };
  }
  return { ...rest, status, verdict: { state: "gone" } };
}

/** Finds out whether the same verdict is on its way from here: its ack may have been lost. */
export function isOwnVerdict({ verdict }: ToolPart, approved: boolean): boolean {
  return verdict?.state === "sending" && verdict.approved === approved;
}

/** Finds out whether the visitor may still answer; what the host's team approves is not asked here. */
export function isOpen({ confirmation, verdict, decision, status }: ToolPart): boolean {
  const isAsked = confirmation !== undefined && confirmation.approver !== "team";
  return isAsked && verdict === undefined && !decision && status === "awaiting";
}

/** The states in which a call stays. */
const OUTCOMES: readonly ToolCallState[] = ["succeeded", "failed", "denied", "expired", "unknown"];

/** What a call counts as once its turn is over: of one that may have begun the outcome is unknown. */
function lastStatus({ status, confirmation }: ToolPart): ToolCallState {
  if (OUTCOMES.includes(status)) return status;
  if (status !== "awaiting" && status !== "proposed") return "unknown";
  return confirmation ? status : "expired";
}

function isDecided({ verdict, decision }: ToolPart): boolean {
  return verdict?.state === "decided" || decision !== undefined;
}

/** What a decision tells besides yes or no. */
function recordOf({ by, reason, changes }: Partial<Decision> = {}): VerdictRecord {
  return { ...(by && { by }), ...(reason && { reason }), ...(changes && { changes }) };
}

/** What was changed, as it was shown. */
function changesBetween(asked: Confirmation | undefined, approved: Confirmation) {
  return approved.fields.flatMap(({ label, value: to }) => {
    const from = asked?.fields.find((field) => field.label === label)?.value;
    return from === undefined || from === to ? [] : [{ label, from, to }];
  });
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
