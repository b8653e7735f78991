import type { ConversationState, ToolPart } from "./conversation-state.js";
import { isFormOpen } from "./form-part.js";
import { toolParts } from "./part-list.js";
import { isOpen } from "./tool-part.js";
import { isLive } from "./transcript.js";

/** What the visitor may answer now, confirmations and forms, in the order they were asked. */
export function waitingQuestions({ transcript }: ConversationState): ToolPart[] {
  return transcript.flatMap((entry) =>
    isLive(entry) ? toolParts(entry.parts).filter((part) => isOpen(part) || isFormOpen(part)) : [],
  );
}
