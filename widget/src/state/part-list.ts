import type { AgentPart, ToolPart } from "./conversation-state.js";

/** Changes the tool call with this id in its place, or adds it at the end. */
export function upsert(
  parts: AgentPart[],
  toolCallId: string,
  change: (part: ToolPart | undefined) => ToolPart,
): AgentPart[] {
  const part = parts.find(
    (candidate): candidate is ToolPart =>
      candidate.type === "tool" && candidate.toolCallId === toolCallId,
  );
  return part ? replacePart(parts, part, change(part)) : [...parts, change(undefined)];
}

export function replacePart(parts: AgentPart[], former: ToolPart, next: ToolPart): AgentPart[] {
  return former === next ? parts : parts.map((part) => (part === former ? next : part));
}

export function toolParts(parts: AgentPart[]): ToolPart[] {
  return parts.filter((part): part is ToolPart => part.type === "tool");
}
