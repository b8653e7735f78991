import type { AgentEntry } from "@smooth-agent/widget/conversation";
import { agent, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily, GalleryState } from "../gallery-state.js";

const COMMENT = "It found the parcel at once. Only the day was wrong by one.";

/** What the visitor thinks of an answer, and what can be done with a message. */
export const feedback: GalleryFamily = {
  name: "feedback",
  title: "Feedback and actions",
  states: [
    rated("unrated", "Nothing said", undefined),
    rated("up", "Good", { rating: "up", state: "kept" }),
    rated("down", "Not good", { rating: "down", state: "kept" }),
    rated("comment", "With a comment", { rating: "up", comment: COMMENT, state: "kept" }),
    rated("sending", "On its way", { rating: "up", state: "sending" }),
    {
      ...rated("comment-open", "A comment is written", { rating: "down", state: "kept" }),
      acts: [
        { press: "[data-last] .link" },
        { fill: ".comment textarea", text: "It does not say at what time." },
      ],
    },
    {
      ...rated("edit", "The last question is edited", undefined),
      acts: [{ press: ".visitor [data-last] .action" }],
    },
    rated("failed", "Not kept", { rating: "down", comment: COMMENT, state: "failed" }),
  ],
};

function rated(name: string, title: string, said: AgentEntry["feedback"]): GalleryState {
  const change = said ? { feedback: said } : {};
  const conversation = talk(
    visitor("Where is my order?"),
    agent("It left the workshop yesterday and comes on **Friday**."),
    visitor("And the kettle?"),
    agent("In the same parcel.", change),
  );
  return { name, title, conversation: { ...conversation, conversationId: "c1" } };
}
