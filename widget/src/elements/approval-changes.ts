import type { ArgumentInput, Confirmation } from "@smooth-agent/protocol";
import type { ToolPart } from "../state/conversation-state.js";
import type { Draft, DraftValue } from "./drafts.js";
import type { Strings } from "./strings.js";

/** A value as it was shown, and as it is to be. */
export interface ApprovalChange {
  label: string;
  from: string;
  to: string;
}

/** A line of the card: what is shown, and how it may be changed. */
export interface ApprovalRow {
  label: string;
  value: string;
  input?: ArgumentInput | undefined;
}

/** The fields as the tool words them; an argument that none of them shows gets a line of its own. */
export function approvalRows({
  fields,
  inputs = [],
  arguments: given,
}: Confirmation): ApprovalRow[] {
  const left = new Set(inputs);
  const rows = fields.map(({ label, value }): ApprovalRow => {
    const input = [...left].find((each) => each.label === label);
    if (input) left.delete(input);
    return { label, value, input };
  });
  return [
    ...rows,
    ...[...left].map((input) => ({
      label: input.label,
      value: shown(given[input.argument]),
      input,
    })),
  ];
}

/** A value as a visitor reads it: yes and no are words. The exact arguments tell it as it is. */
export function worded(
  value: string,
  { arguments: given, inputs = [] }: Confirmation,
  strings: Pick<Strings, "yes" | "no">,
): string {
  const isTold =
    Object.values(given).some((each) => typeof each === "boolean") ||
    inputs.some(({ type }) => type === "boolean");
  if (!isTold) return value;
  return value === "true" ? strings.yes : value === "false" ? strings.no : value;
}

/** What an input holds: what was entered, else the argument as it stands. */
export function enteredValue(
  { argument, type }: ArgumentInput,
  { arguments: given }: Confirmation,
  { values }: Draft,
): string | boolean {
  const value = values[argument] ?? given[argument];
  return type === "boolean" ? value === true : shown(value);
}

/** What differs from what was asked. */
export function draftChanges(confirmation: Confirmation, draft: Draft): ApprovalChange[] {
  return approvalRows(confirmation).flatMap(({ label, value, input }) =>
    input && isChanged(input, confirmation, draft)
      ? [{ label, from: value, to: shown(draft.values[input.argument]) }]
      : [],
  );
}

export function isChanged(input: ArgumentInput, confirmation: Confirmation, draft: Draft): boolean {
  const entered = draft.values[input.argument];
  if (entered === undefined) return false;
  return argumentOf(input, entered) !== originalOf(input, confirmation);
}

/** The whole arguments as they are to run; undefined when they are those that were asked. */
export function editedArguments(
  confirmation: Confirmation,
  draft: Draft,
): Record<string, unknown> | undefined {
  const changed = (confirmation.inputs ?? []).filter((each) =>
    isChanged(each, confirmation, draft),
  );
  if (changed.length === 0) return undefined;
  const names = new Set(changed.map(({ argument }) => argument));
  const kept = Object.entries(confirmation.arguments).filter(([name]) => !names.has(name));
  const entered = changed.flatMap((input) => {
    const value = argumentOf(input, draft.values[input.argument] ?? "");
    return value === undefined ? [] : [[input.argument, value] as const];
  });
  return Object.fromEntries([...kept, ...entered]);
}

/** What was changed before it ran, as the record says; before that, as it was entered here. */
export function changesOf(part: ToolPart, confirmation: Confirmation, draft: Draft) {
  const { verdict, decision } = part;
  const told =
    verdict?.state === "decided" ? (verdict.changes ?? decision?.changes) : decision?.changes;
  return told ?? draftChanges(confirmation, draft);
}

/** An emptied field that may be left out is left out. */
function argumentOf({ type, required }: ArgumentInput, entered: DraftValue): unknown {
  if (type === "boolean") return entered === true;
  if (entered === "" && !required) return undefined;
  return type === "number" || type === "integer" ? Number(entered) : entered;
}

/** A field that is left out and one that is empty look the same, so that they count as the same. */
function originalOf(
  { argument, type, required }: ArgumentInput,
  { arguments: given }: Confirmation,
) {
  const value = given[argument];
  if (type === "boolean") return value === true;
  return value === "" && !required ? undefined : value;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
