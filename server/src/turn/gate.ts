import type { Confirmation } from "@smooth-agent/protocol";
import { faultOf } from "../log/fault.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { TurnPorts } from "./ports.js";
import { isRememberable, questionOf, type Asking } from "./question.js";
import { questionRefusal } from "./question-limits.js";
import { coveringGrant } from "./grant.js";
import { rulingOf } from "./ruling.js";
import type { RunnableCall } from "./runnable-call.js";
import type { Scene } from "./scene.js";

/** What becomes of a call that may run by its level and its arguments. */
export type Gate =
  | { pass: true; grantId?: string }
  | { confirmation: Confirmation }
  | { refusal: string };

/**
 * Decides whether somebody is asked before a call runs; called once per call, before it parks. First the
 * host's word counts, then what the visitor allowed before, then how much they may still be asked.
 *
 * @throws nothing but what the store throws, and what an aborted `signal` makes fail
 */
export async function gateOf(
  turn: TurnWithSteps,
  call: ToolCallRecord,
  runnable: RunnableCall,
  scene: Scene,
  ports: TurnPorts,
  signal?: AbortSignal,
): Promise<Gate> {
  const ruling = await rulingOf(call, runnable, scene, ports, signal);
  if ("refusal" in ruling) return ruling;
  if (!ruling.asks) return { pass: true };
  const { tool, args } = runnable;
  if (!ruling.isForced && isRememberable(tool)) {
    const grant = await coveringGrant(call, runnable, turn, scene, ports);
    if (grant) return { pass: true, grantId: grant.id };
  }
  let confirmation: Confirmation;
  try {
    const asking = askingOf(turn, call, runnable, scene, ports);
    confirmation = questionOf(tool, call, args, ruling.view, asking);
  } catch (error) {
    const about = { tool: call.name, toolCallId: call.id, ...faultOf(error) };
    ports.log.error(about, "the question about a tool could not be made");
    return { refusal: "The question for the visitor could not be made. Nothing was run." };
  }
  const refusal = await questionRefusal(call, scene, ports);
  return refusal === null ? { confirmation } : { refusal };
}

function askingOf(
  { steps }: TurnWithSteps,
  { index }: ToolCallRecord,
  { tool }: RunnableCall,
  { tools }: Scene,
  { limits, now }: TurnPorts,
): Asking {
  const askedAt = now();
  const waitMs = tool.definition.confirmationMs ?? limits.confirmationMs;
  const later = steps.at(-1)?.toolCalls.filter((call) => call.index > index) ?? [];
  const queued = later.filter(({ name, state }) => state === "proposed" && tools.get(name)?.gated);
  return { askedAt, expiresAt: askedAt + waitMs, queued: queued.length };
}
