import { LIMITS } from "@smooth-agent/protocol";
import { depthOf } from "../tools/json-depth.js";

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
