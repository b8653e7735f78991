import { isRecord } from "./guard.js";

/** What became of a form, as the result of its call tells. */
export interface FormResult {
  status: "submitted" | "declined" | "no_response";
  values?: Record<string, unknown>;
}

/**
 * Reads the result of a call that showed a form.
 *
 * @param result JSON text; on the wire its end may have been cut off, and with it the values
 * @returns undefined when it tells of no answer
 */
export function readFormResult(result: string): FormResult | undefined {
  const whole = parse(result);
  const status = isRecord(whole) ? whole.status : /^\{"status":"(\w+)"/.exec(result)?.[1];
  if (status !== "submitted") {
    return status === "declined" || status === "no_response" ? { status } : undefined;
  }
  return isRecord(whole) && isRecord(whole.values) ? { status, values: whole.values } : { status };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
