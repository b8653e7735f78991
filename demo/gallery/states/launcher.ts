import { agent, approval, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily, GalleryState } from "../gallery-state.js";

const SHUT = { closed: true, height: 220 } as const;

const ASKED = visitor("Where is it?");

/** The way into the chat, while it is closed. */
export const launcher: GalleryFamily = {
  name: "launcher",
  title: "Launcher",
  states: [
    { ...SHUT, name: "closed", title: "Closed" },
    labelled("label", "With words", "Ask Clay"),
    labelled("label-long", "With many words", "Questions about an order? Ask Clay, our assistant"),
    {
      ...SHUT,
      name: "unread",
      title: "Something unread",
      conversation: talk(ASKED, agent([], { id: "answer", status: "running" })),
      later: [talk(ASKED, agent("With the carrier.", { id: "answer" }))],
    },
    {
      ...SHUT,
      name: "asked",
      title: "A question waits",
      conversation: talk(visitor("Money back."), agent([approval()])),
    },
    { ...SHUT, name: "start", title: "On the other side", settings: { position: "bottom-start" } },
  ],
};

function labelled(name: string, title: string, launcherLabel: string): GalleryState {
  return { ...SHUT, name, title, settings: { launcherLabel } };
}
