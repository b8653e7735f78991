import { faultOf } from "../log/fault.js";
import type { ToolCallRecord } from "../store/records.js";
import type { ToolOutcome } from "../store/store.js";
import { ToolError, type ToolContext } from "../tools/tool.js";
import { UnknownOutcome } from "../tools/unknown-outcome.js";
import type { Tool } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";
import { cutText, storable } from "./stored-text.js";

/**
 * Runs a tool once, within its time.
 *
 * @param context the signal in it is the turn's: aborted when the turn is cancelled
 * @returns what became of it; never rejects. A thrown ToolError is told word for word, anything else
 *   as a fixed text; a tool that did not end in time has an unknown outcome, unless it is idempotent.
 */
export async function runTool(
  tool: Tool,
  call: Pick<ToolCallRecord, "id" | "name">,
  args: Record<string, unknown>,
  context: ToolContext,
  ports: Pick<TurnPorts, "limits" | "log">,
): Promise<ToolOutcome> {
  const { limits, log } = ports;
  const timeoutMs = tool.definition.timeoutMs ?? limits.toolMs;
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), timeoutMs);
  const signal = AbortSignal.any([context.signal, timer.signal]);
  let value: unknown;
  try {
    value = await Promise.race([
      Promise.resolve().then(() => tool.definition.execute(args, { ...context, signal })),
      rejectionOf(timer.signal),
    ]);
  } catch (error) {
    if (error instanceof ToolError) {
      const told = resultOf(error.message, limits);
      return { from: "executing", state: "failed", ...told, isError: true };
    }
    log.warn({ tool: call.name, toolCallId: call.id, ...faultOf(error) }, "tool failed");
    if (context.signal.aborted) return OUTCOME_UNKNOWN;
    if (error instanceof UnknownOutcome) return timedOut(tool);
    return timer.signal.aborted ? timedOut(tool) : FAILED;
  } finally {
    clearTimeout(timeout);
  }
  try {
    return { from: "executing", state: "succeeded", ...resultOf(value, limits), isError: false };
  } catch (error) {
    log.warn({ tool: call.name, toolCallId: call.id, ...faultOf(error) }, "tool result is no JSON");
    return DONE_WITHOUT_RESULT;
  }
}

/** What is told about a call that was running when its process died or its time was up. */
export const OUTCOME_UNKNOWN: ToolOutcome = {
  from: "executing",
  state: "unknown",
  result:
    "The outcome is unknown: the call was interrupted and may or may not have taken effect. Do not repeat it; tell the visitor so and how to find out.",
  isError: true,
};

// It took effect: called a failure it would be tried again.
const DONE_WITHOUT_RESULT: ToolOutcome = {
  from: "executing",
  state: "succeeded",
  result: "The tool ran to its end. What it returned cannot be shown.",
  isError: false,
};

const FAILED: ToolOutcome = {
  from: "executing",
  state: "failed",
  result: "The tool failed.",
  isError: true,
};

function timedOut(tool: Tool): ToolOutcome {
  if (!tool.definition.idempotent) return OUTCOME_UNKNOWN;
  return { ...FAILED, result: "The tool did not answer in time." };
}

function resultOf(value: unknown, limits: TurnPorts["limits"]): { result: string } {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const result = storable(cutText(text, limits.toolResultCharacters));
  return { result };
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("The tool's time is up.")));
  });
}
