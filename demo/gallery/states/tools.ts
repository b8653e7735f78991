import type { Grant } from "@smooth-agent/protocol";
import { agent, NOW, talk, tool, visitor } from "../conversation-parts.js";
import type { GalleryFamily, GalleryState } from "../gallery-state.js";

const STATES = [
  "proposed",
  "approved",
  "executing",
  "succeeded",
  "failed",
  "unknown",
  "denied",
  "expired",
] as const;

const GRANTS: Grant[] = [
  {
    grantId: "g1",
    toolName: "change_address",
    title: "Change the address of an order",
    summary: "Send order #4211 to 5 Mill Lane",
    grantedAt: NOW,
  },
  {
    grantId: "g2",
    toolName: "add_note",
    title: "Add a note",
    summary: "Note on order #4211: leave it with the neighbour",
    grantedAt: NOW,
  },
];

const ALLOWED = talk(
  visitor("Send the other one there too."),
  agent([
    tool("succeeded", {
      name: "change_address",
      title: "Change the address of order 4213",
      decision: { approved: true, by: "grant", at: NOW },
    }),
    "Done: both go to 5 Mill Lane.",
  ]),
);

/** The lines that say which tool ran, and what is allowed without asking. */
export const tools: GalleryFamily = {
  name: "tools",
  title: "Tools and what is allowed",
  states: [
    ...STATES.map((status): GalleryState => {
      const goesOn = ["proposed", "approved", "executing"].includes(status);
      return {
        name: status,
        title: status,
        height: 360,
        conversation: talk(
          visitor("Where is my order?"),
          agent([tool(status)], { status: goesOn ? "running" : "completed" }),
        ),
      };
    }),
    {
      name: "several",
      title: "Several, one long",
      conversation: talk(
        visitor("Where are my orders?"),
        agent([
          "I look at both.",
          tool("succeeded", { title: "Look up order 4198" }),
          tool("failed", {
            title:
              "Ask the carrier Slow & Steady where the parcel SS-000-211-07 of order 4211 is at present",
          }),
          "The first is there. Of the second the carrier tells me nothing.",
        ]),
      ),
    },
    {
      name: "untitled",
      title: "Without a title",
      height: 360,
      conversation: talk(
        visitor("Where is it?"),
        agent([{ ...tool("succeeded"), title: undefined }]),
      ),
    },
    {
      name: "allowed",
      title: "Allowed without asking",
      conversation: { ...ALLOWED, grants: GRANTS.slice(0, 1) },
    },
    {
      name: "grants",
      title: "What is allowed, opened",
      conversation: { ...ALLOWED, grants: GRANTS },
      acts: [{ press: ".grants summary" }],
    },
  ],
};
