import { agent, approval, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily } from "../gallery-state.js";

const FIELD = "textarea[part=input]";

const LONG =
  "I ordered two tea bowls and a kettle on the third, and yesterday only one of the bowls came. The other is still said to be on its way, and I cannot find the kettle anywhere in the mail that you sent.\n\nCould you look where both are?";

/** The field at the foot. */
export const composer: GalleryFamily = {
  name: "composer",
  title: "Composer",
  states: [
    { name: "draft", title: "Something written", acts: [{ fill: FIELD, text: "Where is it?" }] },
    { name: "draft-long", title: "Much written", acts: [{ fill: FIELD, text: LONG }] },
    {
      name: "near-limit",
      title: "Near the limit",
      acts: [{ fill: FIELD, text: "Bowl ".repeat(1_930).trim() }],
    },
    {
      name: "over-limit",
      title: "Over the limit",
      acts: [{ fill: FIELD, text: "Bowl ".repeat(2_100).trim() }],
    },
    {
      name: "busy",
      title: "While the agent speaks",
      conversation: talk(
        visitor("Where is my order?"),
        agent("It left the workshop", { status: "running" }),
      ),
    },
    {
      name: "busy-draft",
      title: "Written while the agent speaks",
      conversation: talk(
        visitor("Where is my order?"),
        agent("It left the workshop", { status: "running" }),
      ),
      acts: [{ fill: FIELD, text: "And the kettle?" }],
    },
    {
      name: "decline-and-send",
      title: "Written while a question waits",
      conversation: talk(visitor("I want my money back."), agent(["Here it is.", approval()])),
      acts: [{ fill: FIELD, text: "No, send me a new bowl" }],
    },
    {
      name: "right-to-left",
      title: "Right-to-left words",
      acts: [{ fill: FIELD, text: "أين طلبي رقم 4198؟" }],
    },
  ],
};
