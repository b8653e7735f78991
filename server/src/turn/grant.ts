import type { ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { TurnPorts } from "./ports.js";
import type { RunnableCall } from "./runnable-call.js";
import type { Scene } from "./scene.js";

/** The grant that lets a call run unasked; null when there is none. */
export async function coveringGrant(
  _call: ToolCallRecord,
  _runnable: RunnableCall,
  _turn: TurnWithSteps,
  _scene: Scene,
  _ports: TurnPorts,
): Promise<{ id: string } | null> {
  return null;
}
