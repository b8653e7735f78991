import type { ConversationState, ToolPart } from "../state/conversation-state.js";
import { waitingQuestions } from "../state/waiting-questions.js";
import { ApprovalGate } from "./approval-gate.js";
import { Drafts } from "./drafts.js";
import { Sight } from "./sight.js";

/** What waits for the visitor and nobody else, oldest first. */
export function asked(state: ConversationState): ToolPart[] {
  return waitingQuestions(state).filter(({ confirmation }) => confirmation?.approver !== "team");
}

/** What all cards of a panel share: what was entered, what may be pressed, and what is in view. */
export class Cards {
  readonly drafts: Drafts;
  readonly gate: ApprovalGate;
  readonly #sight: Sight;

  /** @param changed called when the cards look different from now on */
  constructor(changed: () => void) {
    this.drafts = new Drafts(changed);
    this.gate = new ApprovalGate(changed, Sight.tellsCover);
    this.#sight = new Sight(
      (gate, isUncovered) => this.gate.uncover(gate, isUncovered, performance.now()),
      changed,
    );
  }

  /** What waits for the visitor where they do not see it, oldest first. */
  away(state: ConversationState): ToolPart[] {
    return asked(state).filter(({ toolCallId }) => this.#sight.isAway(toolCallId));
  }

  /** To be called after every render. */
  watch(root: ParentNode): void {
    this.#sight.watch(root);
  }

  /** To be called when the panel is taken off its page. */
  release(): void {
    this.#sight.release();
    this.gate.visible = false;
  }
}
