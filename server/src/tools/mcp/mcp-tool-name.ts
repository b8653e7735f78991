import { createHash } from "node:crypto";

const MOST = 64;
const DIGEST = 8;

/**
 * What the model calls a server's tool: `server_tool`. A name that does not fit is made to, and gets a
 * digest of what it was: the same each time whatever else the server lists, so that a call that waited
 * for its visitor never falls on another tool.
 */
export function mcpToolName(server: string, tool: string): string {
  const whole = `${server}_${tool}`;
  const fitting = whole.replaceAll(/[^\w-]/g, "_");
  if (fitting === whole && whole.length <= MOST) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, DIGEST);
  return `${fitting.slice(0, MOST - DIGEST - 1)}_${digest}`;
}
