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

/** What the header's menu leads to, for a visitor whom the host knows. */
export const conversations: GalleryFamily = {
  name: "conversations",
  title: "Earlier conversations",
  states: [
    listed("unknown", "A visitor whom nobody knows", {}),
    listed("known", "One whom the host knows", { mayList: true }),
  ],
};

/** The list itself is opened from the menu. */
function listed(name: string, title: string, change: Partial<ConversationState>): GalleryState {
  const conversation = talk(visitor("Where is my order?"), agent("It comes on **Friday**."));
  const items = { loading: false, failed: false, items: ITEMS };
  return {
    name,
    title,
    conversation: { ...conversation, conversationId: "c1", conversations: items, ...change },
  };
}
