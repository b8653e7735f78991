import type { Confirmation, ConfirmationField } from "@smooth-agent/protocol";
import { z } from "zod";
import type { ToolCallRecord } from "../store/records.js";
import type { ConfirmationContext, ConfirmationView } from "../tools/tool.js";
import type { Tool } from "../tools/toolbox.js";
import { titleOf } from "../tools/toolbox.js";

/**
 * Makes what the visitor is asked before a call runs, from its checked arguments. It is made once,
 * stored with the parked call and never computed again.
 *
 * @throws whatever the tool's own `confirm` throws
 */
export async function questionOf(
  tool: Tool,
  call: Pick<ToolCallRecord, "id" | "name">,
  args: Record<string, unknown>,
  context: ConfirmationContext,
  expiresAt: number,
): Promise<Confirmation> {
  const view = await viewOf(tool, args, context);
  return {
    toolId: call.name,
    actionDescription: view.summary,
    toolCallId: call.id,
    toolName: call.name,
    title: view.title,
    summary: view.summary,
    fields: view.fields ?? [],
    arguments: asJson(args),
    risk: "low",
    expiresAt,
  };
}

/** A value as it is after it was written as JSON and read again. */
export function asJson(args: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(args)) as Record<string, unknown>;
}

// A tool written in JavaScript may return anything: the visitor is shown text or is not asked.
const viewSchema = z.object({
  title: z.string(),
  summary: z.string(),
  fields: z
    .array(
      z.object({ label: z.string(), value: z.union([z.string(), z.number()]).transform(String) }),
    )
    .optional(),
});

async function viewOf(
  tool: Tool,
  args: Record<string, unknown>,
  context: ConfirmationContext,
): Promise<ConfirmationView> {
  const { confirm, description } = tool.definition;
  if (typeof confirm === "function") return viewSchema.parse(await confirm(args, context));
  return { title: tool.title, summary: description, fields: Object.entries(args).map(fieldOf) };
}

function fieldOf([name, value]: [string, unknown]): ConfirmationField {
  const shown = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return { label: titleOf(name), value: shown };
}
