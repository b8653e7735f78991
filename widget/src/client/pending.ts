import type { Confirmation, Grant, Pending, ToolItem } from "@smooth-agent/protocol";
import {
  isFlag,
  isNumber,
  isRecord,
  isText,
  listOf,
  optional,
  shape,
  tidy,
  type Guard,
} from "./guard.js";

// What a visitor is asked, as a server tells it: the guards of what must be there, and readers that
// drop an optional field which is not as it must be.

export const isConfirmation = shape({
  actionDescription: isText,
  toolCallId: isText,
  toolName: isText,
  title: isText,
  summary: isText,
  fields: listOf(shape({ label: isText, value: isText })),
  arguments: isRecord,
  risk: isText,
  expiresAt: isNumber,
});

export const isInteraction = shape({
  interactionId: isText,
  kind: isText,
  spec: isRecord,
  reason: isText,
});

export const isPending: Guard = (value) => isConfirmation(value) || isInteraction(value);

export const isTool = shape({
  toolCallId: isText,
  name: isText,
  title: optional(isText),
  arguments: isRecord,
  status: isText,
  result: optional(isText),
  decision: optional(shape({ approved: isFlag, by: optional(isText), at: optional(isNumber) })),
  confirmation: optional(isConfirmation),
  interaction: optional(isInteraction),
});

const isGrantList = listOf(
  shape({ grantId: isText, toolName: isText, title: isText, summary: isText, grantedAt: isNumber }),
);

export function isGrants(value: unknown): value is Grant[] {
  return isGrantList(value);
}

/** The call that a turn waits on: its id is that of the form, too. */
export function idOf(pending: Pending | undefined): string | undefined {
  if (!pending) return undefined;
  return "toolCallId" in pending ? pending.toolCallId : pending.interactionId;
}

export function readPending(pending: Pending | undefined): void {
  if (!pending) return;
  if ("toolCallId" in pending) readConfirmation(pending);
  else tidy(pending, { expiresAt: isNumber });
}

export function readConfirmation(confirmation: Confirmation): void {
  tidy(confirmation, OPTIONAL);
  // What is not known to be harmless is asked twice.
  if (confirmation.risk !== "low") confirmation.risk = "high";
}

export function readTool({ decision, confirmation, interaction }: Omit<ToolItem, "type">): void {
  if (decision) tidy(decision, { reason: isText, changes: isChanges });
  readPending(confirmation);
  readPending(interaction);
}

const isChanges = listOf(shape({ label: isText, from: isText, to: isText }));

const INPUTS: readonly unknown[] = ["text", "multiline", "number", "integer", "boolean", "select"];

const isInput = shape({
  argument: isText,
  label: isText,
  type: (value) => INPUTS.includes(value),
  required: isFlag,
  options: optional(listOf(isText)),
  minimum: optional(isNumber),
  maximum: optional(isNumber),
  maxLength: optional(isNumber),
});

const OPTIONAL: Record<string, Guard> = {
  note: isText,
  editable: listOf(isText),
  inputs: listOf(isInput),
  remember: isFlag,
  stepUp: isFlag,
  approver: (value) => value === "visitor" || value === "team",
  queued: isNumber,
  askedAt: isNumber,
};
