import type { ToolCallRecord } from "../store/records.js";
import type { ArgumentSchema } from "../tools/argument-schema.js";
import type { Tool } from "../tools/toolbox.js";
import { refusalOf } from "./permission.js";
import type { Scene } from "./scene.js";
import { argumentText, parseJson } from "./tool-call.js";

/** A call whose tool is there and whose arguments are valid. */
export interface RunnableCall {
  tool: Tool;
  args: Record<string, unknown>;
}

/** Checks a call, or says why it cannot run: permission first, then the arguments; the visitor is asked last. */
export async function runnableCall(
  call: ToolCallRecord,
  scene: Scene,
): Promise<RunnableCall | { refusal: string }> {
  const tool = scene.tools.get(call.name);
  if (!tool) return { refusal: `There is no tool named ${call.name}.` };
  const refusal = refusalOf(tool, scene);
  if (refusal !== null) return { refusal };
  const checked = await checkedArguments(call, tool.schema);
  return "refusal" in checked ? checked : { tool, ...checked };
}

/** The arguments of a call, or why they are none. */
export async function checkedArguments(
  call: Pick<ToolCallRecord, "arguments" | "editedArguments">,
  schema: ArgumentSchema,
): Promise<{ args: Record<string, unknown> } | { refusal: string }> {
  const parsed = parseJson(argumentText(call) || "{}");
  if (parsed === undefined)
    return { refusal: "The arguments are not valid JSON, or too deep. Nothing was run." };
  const checked = await schema.check(parsed);
  if (!checked.ok)
    return { refusal: `The arguments are not valid. Nothing was run.\n${checked.problems}` };
  return { args: checked.value };
}
