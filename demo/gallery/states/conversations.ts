import type { ConversationState } from "@smooth-agent/widget/conversation";
import { agent, MINUTE, NOW, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily, GalleryState } from "../gallery-state.js";

const TITLES = [
  "Where is my order?",
  "The mug of #1234 arrived broken, and I would like to know what can be done about that",
  "Do you ship to Norway?",
  "أين طلبي رقم 4198؟",
  "New conversation",
];

const ITEMS = TITLES.map((title, index) => ({
  conversationId: `c${index + 1}`,
  title,
  updatedAt: new Date(NOW - index ** 3 * 7 * 60 * MINUTE).toISOString(),
  messageCount: 2 * (TITLES.length - index),
}));

const MENU = { press: "#menu-button" };
const LIST = { press: "#menu-earlier" };
const items = (all: typeof ITEMS) => ({ loading: false, failed: false, items: all });

/** What the header's menu leads to, for a visitor whom the host knows. */
export const conversations: GalleryFamily = {
  name: "conversations",
  title: "Earlier conversations",
  states: [
    listed("unknown", "A visitor whom nobody knows", {}),
    listed("known", "One whom the host knows", { mayList: true }),
    { ...listed("menu", "The menu", { mayList: true }), acts: [MENU] },
    {
      ...listed("menu-running", "The menu during an answer", { mayList: true, activeTurnId: "t" }),
      acts: [MENU],
    },
    { ...listed("list", "The list", { mayList: true }), acts: [MENU, LIST] },
    {
      ...listed("list-empty", "None", { mayList: true, conversations: items([]) }),
      acts: [MENU, LIST],
    },
    {
      ...listed("list-loading", "On its way", {
        mayList: true,
        conversations: { ...items([]), loading: true },
      }),
      acts: [MENU, LIST],
    },
    {
      ...listed("list-failed", "Not to be had", {
        mayList: true,
        conversations: { ...items([]), failed: true },
      }),
      acts: [MENU, LIST],
    },
  ],
};

/** The list itself is opened from the menu. */
function listed(name: string, title: string, change: Partial<ConversationState>): GalleryState {
  const conversation = talk(visitor("Where is my order?"), agent("It comes on **Friday**."));
  return {
    name,
    title,
    conversation: { ...conversation, conversationId: "c1", conversations: items(ITEMS), ...change },
  };
}
