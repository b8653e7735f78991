/** What may be logged of an error: its class, its code and where it came from. */
export interface Fault {
  error: string;
  code?: string;
  at?: string;
  cause?: Fault;
}

/**
 * Reads of an error what cannot carry a secret, a message text or an argument. Its own message can:
 * a database driver quotes values, a tool what it was called with.
 */
export function faultOf(error: unknown): Fault {
  return faultAt(error, 1);
}

/** Causes that are followed; an error may be its own. */
const MAX_CAUSES = 5;

function faultAt(error: unknown, depth: number): Fault {
  if (!(error instanceof Error)) return { error: typeof error };
  const fault: Fault = { error: error.name };
  if ("code" in error && typeof error.code === "string") fault.code = error.code;
  const at = placeOf(error);
  if (at) fault.at = at;
  if (error.cause !== undefined && depth < MAX_CAUSES)
    fault.cause = faultAt(error.cause, depth + 1);
  return fault;
}

/** The first frame of the stack; the message before it may have lines that look like frames. */
function placeOf({ message, stack = "" }: Error): string | undefined {
  const start = stack.indexOf(message);
  if (start === -1) return undefined;
  const lines = stack.slice(start + message.length).split("\n");
  return lines.find((line) => /^\s+at /.test(line))?.trim();
}
