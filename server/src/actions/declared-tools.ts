import type { ClientTool } from "@smooth-agent/protocol";
import { complaintAboutTools } from "../tools/client-tools.js";
import { ActionError } from "./action-error.js";

/**
 * What a page declares that the agent may call in it, as it is stored.
 *
 * @throws {ActionError} VALIDATION_ERROR that names the parameters which are no schema to check by
 */
export function declaredTools(given: readonly ClientTool[] | undefined): string | undefined {
  if (!given) return undefined;
  const complaint = complaintAboutTools(given);
  if (complaint !== null) throw new ActionError("VALIDATION_ERROR", complaint);
  return JSON.stringify(given);
}
