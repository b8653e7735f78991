import type { ActiveTurn } from "../active-turn.js";
import type { Confirmation } from "../confirmation.js";
import type { Message } from "../message.js";

// The one conversation that all examples are of.

export const sessionId = "0198f1c4-5a3e-7c11-9d8e-3f6a2b7c4d5e";
export const conversationId = "0198f1c4-5a3e-7c12-8a61-94e07b2d1c3f";
export const toolCallId = "call_7Qe2";
export const timestamp = 1763870400000;

export const ids = {
  sessionId,
  conversationId,
  agentId: "shop",
  agentName: "Mira",
  userParticipantId: "0198f1c4-5a3e-7c13-b0d2-6c5e8f9a1b2c",
  agentParticipantId: "0198f1c4-5a3e-7c14-a7f3-1d2c3b4a5968",
};

export const message: Message = {
  id: "0198f1c4-6b20-7a01-8c4d-5e6f70819203",
  conversationId,
  direction: "inbound",
  content: {
    items: [{ type: "text", text: "Please refund order 1234" }],
    text: "Please refund order 1234",
  },
  createdAt: "2025-11-23T04:00:00.000Z",
};

export const confirmation: Confirmation = {
  toolId: "issue_refund",
  actionDescription: "Refund $20.00 on order 1234",
  toolCallId,
  toolName: "issue_refund",
  title: "Issue a refund",
  summary: "Refund $20.00 on order 1234",
  fields: [
    { label: "Order", value: "1234" },
    { label: "Amount", value: "$20.00" },
  ],
  arguments: { orderId: "1234", amount: 20 },
  risk: "high",
  expiresAt: 1763956800000,
};

export const activeTurn: ActiveTurn = {
  requestId: "r2",
  status: "parked",
  items: [
    { type: "text", text: "I can do that." },
    {
      type: "tool",
      toolCallId,
      name: "issue_refund",
      title: "Issue a refund",
      arguments: { orderId: "1234", amount: 20 },
      status: "awaiting",
    },
  ],
  pending: confirmation,
};

export const answerMessage: Message = {
  id: "0198f1c4-7f00-7b02-9e1f-2a3b4c5d6e7f",
  conversationId,
  direction: "outbound",
  content: {
    items: [{ type: "text", text: "I can do that.\n\nDone: $20.00 are on their way." }],
    text: "I can do that.\n\nDone: $20.00 are on their way.",
  },
  createdAt: "2025-11-23T04:01:00.000Z",
  requestId: "r2",
  status: "completed",
  toolCalls: [
    {
      toolCallId,
      name: "issue_refund",
      title: "Issue a refund",
      arguments: { orderId: "1234", amount: 20 },
      status: "succeeded",
      result: "refunded",
      decision: { approved: true, by: "visitor", at: 1763870440000 },
      confirmation,
      textOffset: 14,
    },
  ],
  from: { type: "ai-agent", name: "Mira" },
  feedback: { rating: "down", comment: "I wanted a voucher." },
};

export const descriptor = {
  ...ids,
  sessionToken: "<opaque>",
  expiresAt: 1766462400000,
  agent: { name: "Mira", greeting: "Hello! How can I help?" },
};
