/** What the model says and which tools it calls, in this order. */
export interface Reply {
  text: string;
  calls: { name: string; arguments: Record<string, unknown> }[];
  /** What it answers where not all of the tools are offered. */
  otherwise?: Reply;
}

export function say(text: string): Reply {
  return { text, calls: [] };
}

export function use(name: string, args: Record<string, unknown>, text = ""): Reply {
  return { text, calls: [{ name, arguments: args }] };
}
