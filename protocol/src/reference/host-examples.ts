import type { EventOf } from "../event.js";
import type { Message } from "../message.js";
import { conversationId, timestamp } from "./example-conversation.js";

const personMessage: Message = {
  id: "0198f1c4-7f10-7b03-8d2f-3b4c5d6e7f80",
  conversationId,
  direction: "outbound",
  content: {
    items: [{ type: "text", text: "Hi, Ana here. I look into it." }],
    text: "Hi, Ana here. I look into it.",
  },
  createdAt: "2025-11-23T04:02:00.000Z",
  status: "completed",
  from: { type: "human-agent", name: "Ana" },
};

/** At least one. */
export type Examples<Frame> = readonly [Frame, ...Frame[]];

/** What comes of a person or of the host itself, as the server sends it. */
export const hostEventExamples: {
  [Name in "message_added" | "hand_off" | "host_event"]: Examples<EventOf<Name>>;
} = {
  message_added: [{ type: "message_added", data: { message: personMessage }, timestamp }],
  hand_off: [
    { type: "hand_off", data: { state: "active", name: "Ana" }, timestamp },
    { type: "hand_off", data: { state: null }, timestamp },
  ],
  host_event: [
    { type: "host_event", data: { name: "order-shipped", data: { orderId: "1234" } }, timestamp },
  ],
};
