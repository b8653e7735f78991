import type { ConversationState, ToolPart } from "./conversation-state.js";
import { isFormOpen } from "./form-part.js";
import { isOpen } from "./tool-part.js";
import { isLive } from "./transcript.js";

/** What the visitor may answer now, confirmations and forms, in the order they were asked. */
export function waitingQuestions({ transcript }: ConversationState): ToolPart[] {
  return transcript.flatMap((entry) =>
    isLive(entry)
      ? entry.parts.filter(
          (part): part is ToolPart => part.type === "tool" && (isOpen(part) || isFormOpen(part)),
        )
      : [],
  );
}
