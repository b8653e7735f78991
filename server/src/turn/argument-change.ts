import { isDeepStrictEqual } from "node:util";
import type { Confirmation, Decision } from "@smooth-agent/protocol";
import type { ToolCallRecord } from "../store/records.js";
import { titleOf } from "../tools/title.js";
import { originalConfirmation, storedConfirmation } from "./tool-call.js";

type Arguments = Record<string, unknown>;

/** One argument that was changed; undefined where it is not given. */
export interface ArgumentChange {
  name: string;
  from: unknown;
  to: unknown;
}

/** The arguments in which two objects differ, those that only one of them has among them. */
export function argumentChanges(shown: Arguments, edited: Arguments): ArgumentChange[] {
  return [...new Set([...Object.keys(shown), ...Object.keys(edited)])]
    .map((name) => ({ name, from: ownValue(shown, name), to: ownValue(edited, name) }))
    .filter(({ from, to }) => !isDeepStrictEqual(from, to));
}

/** What was changed of a call's arguments before it was approved; empty when nothing was. */
export function editsOf(call: ToolCallRecord): ArgumentChange[] {
  const [shown, approved] = [originalConfirmation(call), storedConfirmation(call)];
  return shown && approved ? argumentChanges(shown.arguments, approved.arguments) : [];
}

/** What was changed before a call was approved, as it was shown; undefined when nothing was. */
export function shownChanges(call: ToolCallRecord): Decision["changes"] {
  const [shown, approved] = [originalConfirmation(call), storedConfirmation(call)];
  if (!shown || !approved) return undefined;
  const changes = fieldChanges(shown, approved);
  if (changes.length > 0) return changes;
  return editsOf(call).map(({ name, from, to }) => ({
    label: shown.inputs?.find(({ argument }) => argument === name)?.label ?? titleOf(name),
    from: valueText(from),
    to: valueText(to),
  }));
}

/** Fields by their labels; of several with one label, by their order. */
function fieldChanges(
  shown: Confirmation,
  approved: Confirmation,
): { label: string; from: string; to: string }[] {
  const [before, after] = [valuesByLabel(shown), valuesByLabel(approved)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((label) => {
    const [from, to] = [before.get(label) ?? [], after.get(label) ?? []];
    const pairs = Array.from({ length: Math.max(from.length, to.length) }, (_, index) => ({
      label,
      from: from[index] ?? "",
      to: to[index] ?? "",
    }));
    return pairs.filter((pair) => pair.from !== pair.to);
  });
}

function valuesByLabel({ fields }: Confirmation): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const { label, value } of fields) values.set(label, [...(values.get(label) ?? []), value]);
  return values;
}

function valueText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function ownValue(of: Arguments, name: string): unknown {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}
