import { isDeepStrictEqual } from "node:util";
import type { Confirmation } from "@smooth-agent/protocol";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { CallEdit } from "../store/store.js";
import type { ArgumentFault } from "../tools/argument-schema.js";
import type { Tool } from "../tools/toolbox.js";
import { argumentChanges } from "./argument-change.js";
import { refusalOf } from "./permission.js";
import type { TurnPorts } from "./ports.js";
import { asJson, questionOf } from "./question.js";
import type { RunnableCall } from "./runnable-call.js";
import { rulingOf } from "./ruling.js";
import { sceneOf, type Scene } from "./scene.js";
import { cutText } from "./stored-text.js";
import { argumentsDigest, parseJson } from "./tool-call.js";

/** A call that was changed before it was approved, with its question made anew. */
export interface EditedCall {
  edit: CallEdit;
  confirmation: Confirmation;
}

/**
 * Checks the arguments that somebody wants a call to run with in place of those that they were shown:
 * only what the question names as editable may differ, and the tool as it is now has to accept them.
 *
 * @returns null when they are what was shown; a problem, in words for whoever changed them
 * @throws whatever a source of tools throws
 */
export async function editedCall(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  shown: Confirmation,
  wanted: Record<string, unknown>,
  ports: TurnPorts,
): Promise<EditedCall | { problem: string } | null> {
  if (isDeepStrictEqual(wanted, shown.arguments)) return null;
  const fixed = fixedArgument(shown, wanted);
  if (fixed !== undefined) return { problem: cannotBeChanged(fixed) };
  const scene = await sceneOf(turn, ports, AbortSignal.timeout(ports.limits.toolMs));
  const tool = scene?.tools.get(call.name);
  if (!scene || !tool || refusalOf(tool, scene) !== null) return { problem: NOT_AVAILABLE };
  const checked = await checkedEdit(tool, shown, wanted);
  if ("problem" in checked) return checked;
  const args = asJson(checked.args);
  if (isDeepStrictEqual(args, shown.arguments)) return null;
  const asked = await askedAnew(call, shown, { tool, args: checked.args }, scene, ports);
  if ("refusal" in asked) return { problem: cutText(asked.refusal, PROBLEM_CHARACTERS) };
  const text = JSON.stringify(args);
  const confirmation = { ...asked, arguments: args };
  const edit = {
    arguments: text,
    digest: argumentsDigest(text),
    confirmation: JSON.stringify(confirmation),
    original: call.confirmation ?? "",
  };
  return { edit, confirmation };
}

const PROBLEM_CHARACTERS = 300;
const NOT_AVAILABLE = "This cannot be run any more; it can only be declined.";

/** The wanted arguments as the tool's schema has them: what is stored, shown and run. */
async function checkedEdit(
  { schema }: Tool,
  shown: Confirmation,
  wanted: Record<string, unknown>,
): Promise<{ args: Record<string, unknown> } | { problem: string }> {
  const plain = parseJson(JSON.stringify(wanted));
  if (plain === undefined) return { problem: "arguments are too deep." };
  // A number beyond all bounds is null as JSON: what is checked is what is shown and runs.
  if (!isDeepStrictEqual(plain, wanted)) return { problem: "arguments hold what is no number." };
  const checked = await schema.check(wanted);
  if (!checked.ok) return { problem: problemText(checked.faults ?? []) };
  const args = asJson(checked.value);
  const fixed = fixedArgument(shown, args);
  if (fixed !== undefined) return { problem: cannotBeChanged(fixed) };
  // It is checked once more when it runs: a schema that makes something else of it then would run that.
  const again = await schema.check(args);
  if (!again.ok || !isDeepStrictEqual(asJson(again.value), args)) {
    return { problem: "arguments cannot be changed for this tool." };
  }
  return { args: again.value };
}

/** The question about the new arguments, as the host has it now; everything else of it stays as it was shown. */
async function askedAnew(
  call: ToolCallRecord,
  shown: Confirmation,
  runnable: RunnableCall,
  scene: Scene,
  ports: TurnPorts,
): Promise<Confirmation | { refusal: string }> {
  const { tool, args } = runnable;
  const ruling = await rulingOf(call, runnable, scene, ports);
  if ("refusal" in ruling) return ruling;
  const { note: _, askedAt = ports.now(), ...rest } = shown;
  // Where nothing would be asked with these, they are shown as they are.
  const view = ruling.asks ? ruling.view : true;
  const asked = questionOf(tool, call, args, view, { ...rest, askedAt });
  const { title, summary, actionDescription, fields, note } = asked;
  const now = { title, summary, actionDescription, fields, ...(note !== undefined && { note }) };
  return { ...rest, ...now, ...(shown.askedAt !== undefined && { askedAt }) };
}

/** The name of an argument that differs and may not. */
function fixedArgument(
  { arguments: shown, editable = [] }: Confirmation,
  wanted: Record<string, unknown>,
): string | undefined {
  return argumentChanges(shown, wanted).find(({ name }) => !editable.includes(name))?.name;
}

function cannotBeChanged(name: string): string {
  return `arguments.${cutText(name, PROBLEM_CHARACTERS)} cannot be changed.`;
}

function problemText(faults: readonly ArgumentFault[]): string {
  const told = faults.map(({ path, message }) => `arguments${path && `.${path}`}: ${message}`);
  if (told.length === 0) return "arguments are not valid.";
  return cutText(told.join("; "), PROBLEM_CHARACTERS);
}
