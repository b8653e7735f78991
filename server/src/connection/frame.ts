import { LIMITS, parseAction, type ActionResult } from "@smooth-agent/protocol";
import { depthOf } from "../tools/json-depth.js";

/** Reads what came over the wire as an action, or says why it is none. */
export function readFrame(data: unknown): ActionResult {
  if (typeof data !== "string") return refused("Binary frames are not part of the protocol.");
  const decoded = decodeFrame(data);
  return decoded.ok ? parseAction(decoded.value) : refused(decoded.message);
}

function refused(message: string): ActionResult {
  return { ok: false, code: "VALIDATION_ERROR", message };
}

/** A frame as JSON, or why it is none. */
export type DecodedFrame = { ok: true; value: unknown } | { ok: false; message: string };

/**
 * Decodes a text frame. Depth is measured on the text, before anything that recurses sees it.
 */
export function decodeFrame(text: string): DecodedFrame {
  if (depthOf(text) > LIMITS.frameDepth) {
    const message = `A frame may be nested at most ${LIMITS.frameDepth} levels deep.`;
    return { ok: false, message };
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, message: "A frame must be valid JSON." };
  }
}
