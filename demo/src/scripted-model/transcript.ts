import type { ChatMessage } from "@copilotkit/aimock";

/** One tool call of the running turn, with what came back. */
export interface ToolOutcome {
  name: string;
  arguments: Record<string, unknown>;
  result: string;
  /** Whether the visitor corrected it before they approved it. */
  corrected: boolean;
}

/** The messages up to and with the visitor's last one, and the tools that ran since. */
export interface Transcript {
  messages: ChatMessage[];
  outcomes: ToolOutcome[];
}

export function readTranscript(messages: readonly ChatMessage[]): Transcript {
  const last = messages.findLastIndex((message) => message.role === "user");
  const since = messages.slice(last + 1);
  const outcomes: ToolOutcome[] = [];
  for (const call of since.flatMap((message) => message.tool_calls ?? [])) {
    const answer = since.find((m) => m.role === "tool" && m.tool_call_id === call.id);
    if (!answer) continue;
    // A line in brackets says what the visitor changed; the result stands below it.
    const [, correction, result] = /^(\[[^\n]*\]\n)?([^]*)$/.exec(textOf(answer)) ?? [];
    outcomes.push({
      name: call.function.name,
      arguments: readObject(call.function.arguments) ?? {},
      result: result ?? "",
      corrected: correction !== undefined,
    });
  }
  return { messages: messages.slice(0, last + 1), outcomes };
}

/** A message's text, whether it came as one string or in parts. */
export function textOf(message: ChatMessage): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).map((part) => part.text ?? "").join("");
}

/** The JSON object in a text, or undefined when it is anything else. */
export function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
