import type { Confirmation } from "@smooth-agent/protocol";
import { faultOf } from "../log/fault.js";
import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { Tool } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";
import { questionOf } from "./question.js";
import type { RunnableCall } from "./runnable-call.js";
import type { Scene } from "./scene.js";
import { confirmationContext } from "./tool-execution.js";

/** What becomes of a call that may run by its level and its arguments. */
export type Gate =
  | { pass: true; grantId?: string }
  | { confirmation: Confirmation }
  | { refusal: string };

/** Decides whether the visitor is asked before a call runs; called once per call, before it parks. */
export async function gateOf(
  _turn: TurnWithSteps,
  call: ToolCallRecord,
  { tool, args }: RunnableCall,
  scene: Scene,
  { limits, now, log }: TurnPorts,
): Promise<Gate> {
  if (!tool.gated) return { pass: true };
  try {
    const context = confirmationContext(call, scene);
    const expiresAt = now() + waitOf(tool, limits);
    return { confirmation: await questionOf(tool, call, args, context, expiresAt) };
  } catch (error) {
    log.error(
      { tool: call.name, toolCallId: call.id, ...faultOf(error) },
      "confirm of a tool failed",
    );
    return { refusal: "The question for the visitor could not be made. Nothing was run." };
  }
}

function waitOf({ definition }: Tool, limits: TurnPorts["limits"]): number {
  return definition.confirmationMs ?? limits.confirmationMs;
}
