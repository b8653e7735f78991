import type { ErrorDescriptor, FieldError, Interaction } from "@smooth-agent/protocol";
import { readFormResult } from "../client/form-result.js";
import type { AgentPart, InteractionAnswer, ToolPart } from "./conversation-state.js";
import { upsert } from "./part-list.js";

/** Shows the form that the turn waits on; one that was answered stays so. */
export function withForm(parts: AgentPart[], interaction: Interaction): AgentPart[] {
  const { interactionId: toolCallId, kind } = interaction;
  return upsert(parts, toolCallId, (part) => {
    if (part && (isFormClosed(part) || part.result !== undefined)) return part;
    const { answer, ...rest } = part ?? { toolCallId, name: kind, arguments: {} };
    // An answer on its way is sent again by the client, while the form is still there.
    const kept = answer?.state === "sending" && { answer };
    return { ...rest, type: "tool", status: "awaiting", interaction, ...kept };
  });
}

/** Finds out whether the visitor may still answer. */
export function isFormOpen({ interaction, answer, status }: ToolPart): boolean {
  return interaction !== undefined && answer === undefined && status === "awaiting";
}

export function answering(part: ToolPart, values: Record<string, unknown> | null): ToolPart {
  if (!isFormOpen(part)) return part;
  return { ...withoutErrors(part), answer: { state: "sending", ...(values && { values }) } };
}

/** The form was answered; what was known of an answer stays. */
export function answered(part: ToolPart, answer: InteractionAnswer): ToolPart {
  if (!part.interaction || isFormClosed(part)) return part;
  if (part.answer?.state === "gone" && answer.state === "gone") return part;
  const isUndone = part.status === "awaiting" || part.status === "expired";
  const outcome = answer.state === "gone" ? "expired" : "succeeded";
  return { ...withoutErrors(part), status: isUndone ? outcome : part.status, answer };
}

/** The answer was not valid: all that is wrong, and what was entered is kept. */
export function invalid(part: ToolPart, fieldErrors: FieldError[]): ToolPart {
  const { answer } = part;
  if (answer?.state !== "sending") return part;
  if (part.status !== "awaiting") return settledForm(part);
  const { answer: sent, enteredValues, ...rest } = part;
  return { ...rest, fieldErrors, ...(answer.values && { enteredValues: answer.values }) };
}

/** The answer was not accepted: the form is gone, or may be tried again. */
export function unanswered(part: ToolPart, { code, message }: ErrorDescriptor): ToolPart {
  if (part.answer?.state !== "sending") return part;
  return code === "NO_PENDING_INTERACTION" || code === "INTERACTION_MISMATCH"
    ? { ...withoutErrors(part), answer: { state: "gone" } }
    : invalid(part, [{ field: "values", message }]);
}

/**
 * Reads from the call's result how its form was answered.
 *
 * @param seen whether the form was seen open here, so that it can be said where it was answered
 */
export function withFormResult(part: ToolPart, seen = true): ToolPart {
  const { interaction, result } = part;
  if (!interaction || result === undefined || isFormClosed(part)) return part;
  const read = readFormResult(result);
  if (read === undefined || read.status === "no_response") return answered(part, { state: "gone" });
  const isDecline = read.status === "declined";
  const where = seen && { here: isOwnAnswer(part, isDecline) };
  return answered(
    part,
    isDecline
      ? { state: "declined", ...where }
      : { state: "submitted", ...(read.values && { values: read.values }), ...where },
  );
}

/** Finds out whether the same answer is on its way from here: its ack may have been lost. */
export function isOwnAnswer({ answer }: ToolPart, isDecline: boolean): boolean {
  return answer?.state === "sending" && (answer.values === undefined) === isDecline;
}

/** A call as a snapshot or the record has it, with what was known of its form. */
export function withFormerForm(part: ToolPart, former: Partial<ToolPart> | undefined): ToolPart {
  const interaction = part.interaction ?? former?.interaction;
  if (!interaction) return part;
  const { answer, fieldErrors, enteredValues } = former ?? {};
  const shown = { ...part, interaction };
  // Of one that was thought to be gone nobody can say any more where it was answered.
  const seen = former?.interaction !== undefined && answer?.state !== "gone";
  const isClosed = answer?.state === "submitted" || answer?.state === "declined";
  if (isClosed || answer?.state === "sending") return withFormResult({ ...shown, answer }, seen);
  if (part.status !== "awaiting") return withFormResult(shown, seen);
  return { ...shown, ...(fieldErrors && { fieldErrors }), ...(enteredValues && { enteredValues }) };
}

/** The turn ended: a form that was still asked is gone. */
export function settledForm(part: ToolPart): ToolPart {
  if (!part.interaction || isFormClosed(part) || part.answer?.state === "gone") return part;
  return { ...withoutErrors(part), answer: { state: "gone" } };
}

function isFormClosed({ answer }: ToolPart): boolean {
  return answer?.state === "submitted" || answer?.state === "declined";
}

function withoutErrors({ fieldErrors, enteredValues, ...rest }: ToolPart): ToolPart {
  return rest;
}
