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

/** The same with what the visitor could say next, where the server shows that. */
export function suggesting(reply: Reply, replies: string[]): Reply {
  if (replies.length === 0) return reply;
  const suggestion = { name: "suggest_replies", arguments: { replies } };
  return { ...reply, calls: [...reply.calls, suggestion], otherwise: reply };
}

export function use(name: string, args: Record<string, unknown>, text = ""): Reply {
  return { text, calls: [{ name, arguments: args }] };
}
