import type { ArgumentInput, Confirmation, ConfirmationField } from "@smooth-agent/protocol";
import type { ToolCallRecord } from "../store/records.js";
import { argumentInput } from "../tools/argument-input.js";
import { titleOf } from "../tools/title.js";
import type { ConfirmationView } from "../tools/tool.js";
import type { Tool } from "../tools/toolbox.js";

/** When a question is asked, and what stands behind it. */
export interface Asking {
  /** Unix milliseconds. */
  askedAt: number;
  expiresAt: number;
  /** How many calls of the same step follow that may ask; 0 when absent. */
  queued?: number;
}

/**
 * Makes what is asked before a call runs, from its checked arguments. It is made once, stored with the
 * parked call and never computed again; only a change that is approved makes it anew.
 *
 * @param view what the tool wants to be shown; `true` shows its arguments
 * @throws when the arguments cannot be shown
 */
export function questionOf(
  tool: Tool,
  call: Pick<ToolCallRecord, "id" | "name">,
  args: Record<string, unknown>,
  view: ConfirmationView | true,
  { askedAt, expiresAt, queued = 0 }: Asking,
): Confirmation {
  const { risk = "low", stepUp, approver, editable = [] } = tool.definition;
  const { title, summary, fields = [], note } = view === true ? plainView(tool, args) : view;
  return {
    toolId: call.name,
    actionDescription: summary,
    toolCallId: call.id,
    toolName: call.name,
    title,
    summary,
    fields,
    ...(note !== undefined && { note }),
    arguments: asJson(args),
    risk,
    ...(editable.length > 0 && { editable: [...editable], inputs: inputsOf(tool, args) }),
    ...(isRememberable(tool) && { remember: true }),
    ...(stepUp && { stepUp }),
    ...(approver === "team" && { approver }),
    ...(queued > 0 && { queued }),
    askedAt,
    expiresAt,
  };
}

/** Whether a visitor may ask not to be asked again about a tool. */
export function isRememberable({ definition }: Pick<Tool, "definition">): boolean {
  const { remember, risk = "low", approver = "visitor" } = definition;
  return remember !== undefined && risk === "low" && approver === "visitor";
}

/**
 * A value as it is after it was written as JSON and read again.
 *
 * @throws for a number that JSON has not: it would be shown as null, and run as what it is
 */
export function asJson(args: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(args, (_, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("no JSON");
    return value;
  });
  return JSON.parse(text) as Record<string, unknown>;
}

function plainView(
  { title, definition: { description } }: Tool,
  args: Record<string, unknown>,
): ConfirmationView {
  return { title, summary: description, fields: Object.entries(args).map(fieldOf) };
}

function fieldOf([name, value]: [string, unknown]): ConfirmationField {
  const shown = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return { label: titleOf(name), value: shown };
}

function inputsOf({ schema, definition }: Tool, args: Record<string, unknown>): ArgumentInput[] {
  const { editable = [] } = definition;
  // A tool is not ready without an input for each.
  return editable.flatMap((name) => argumentInput(schema.jsonSchema, name, args[name]) ?? []);
}
