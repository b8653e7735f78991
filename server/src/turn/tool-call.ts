import { createHash } from "node:crypto";
import {
  LIMITS,
  type Confirmation,
  type Interaction,
  type ToolResultChunk,
} from "@smooth-agent/protocol";
import type { ToolCallRecord } from "../store/records.js";
import type { ToolOutcome } from "../store/store.js";
import { depthOf } from "../tools/json-depth.js";
import { cutText } from "./stored-text.js";

/** Levels of nesting in a call's arguments: what parses deeper overflows whatever recurses into it. */
const ARGUMENT_LEVELS = 64;

/** SHA-256 of a call's arguments as the model wrote them, hex. */
export function argumentsDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** JSON text of the arguments that count: those that were approved in place of the model's, if any. */
export function argumentText(call: Pick<ToolCallRecord, "arguments" | "editedArguments">): string {
  return call.editedArguments ?? call.arguments;
}

/** The arguments as the wire shows them: the parsed object, empty when they are not one. */
export function shownArguments(
  call: Pick<ToolCallRecord, "arguments" | "editedArguments">,
): Record<string, unknown> {
  return parsedArguments(argumentText(call));
}

/** The arguments as the model wrote them: the parsed object, empty when they are not one. */
export function modelArguments(call: Pick<ToolCallRecord, "arguments">): Record<string, unknown> {
  return parsedArguments(call.arguments);
}

function parsedArguments(text: string): Record<string, unknown> {
  const value = parseJson(text);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? { ...value } : {};
}

/** A tool result as the wire shows it, never cut inside a character. */
export function shownResult(result: string): string {
  if (result.length <= LIMITS.toolResultCharacters) return result;
  return cutText(result, LIMITS.toolResultCharacters);
}

/** What became of a call, as the wire tells it; its state where `isError` tells too little. */
export function toolResultChunk(
  { id: toolCallId, name }: Pick<ToolCallRecord, "id" | "name">,
  { isError, result, state: status }: Pick<ToolOutcome, "isError" | "result" | "state">,
): ToolResultChunk {
  const chunk = { toolCallId, name, isError, result: shownResult(result) };
  return status === "succeeded" || status === "failed" ? chunk : { ...chunk, status };
}

/** What the visitor was shown, as it was stored when the call parked; once it was changed, what was approved. */
export function storedConfirmation(
  call: Pick<ToolCallRecord, "confirmation">,
): Confirmation | null {
  return call.confirmation === null ? null : (JSON.parse(call.confirmation) as Confirmation);
}

/** What the visitor was shown before they changed it; null when they changed nothing. */
export function originalConfirmation({
  originalConfirmation,
}: ToolCallRecord): Confirmation | null {
  return storedConfirmation({ confirmation: originalConfirmation });
}

/** The form that the call asks by, as it was stored when the call parked. */
export function storedInteraction(call: ToolCallRecord): Interaction | null {
  return call.interaction === null ? null : (JSON.parse(call.interaction) as Interaction);
}

/**
 * The value of JSON text; undefined when it is none, nested deeper than arguments may be, or holds a number
 * beyond what there is: that one would be shown and stored as null.
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > ARGUMENT_LEVELS) return undefined;
  try {
    return JSON.parse(text, (_, value: unknown) => {
      if (value === Infinity || value === -Infinity) throw new RangeError("beyond all numbers");
      return value;
    });
  } catch {
    return undefined;
  }
}
