import type { EventOf } from "../event.js";
import { timestamp, toolCallId } from "./example-conversation.js";
import type { Examples } from "./host-examples.js";

export const interactionId = "0198f1c4-8a10-7d01-b2c3-4d5e6f708192";
export const grantId = "0198f1c4-8b20-7e02-a3b4-5c6d7e8f9012";

type Asking =
  | "interaction_required"
  | "interaction_invalid"
  | "interaction_resolved"
  | "otp_verification_required"
  | "otp_sent"
  | "otp_verified"
  | "grants_changed"
  | "client_tool_call";

/** What a visitor is asked besides the verdict on a tool call, as the server sends it. */
export const askingEventExamples: { [Name in Asking]: Examples<EventOf<Name>> } = {
  interaction_required: [
    {
      type: "interaction_required",
      requestId: "r2",
      data: {
        requestId: "r2",
        data: {
          interactionId,
          kind: "choices",
          spec: {
            questions: [
              {
                question: "Which size shall I order?",
                header: "Size",
                options: [{ label: "M" }, { label: "L", description: "runs large" }],
                multiSelect: false,
              },
            ],
          },
          reason: "to order the right one",
          expiresAt: timestamp + 86_400_000,
        },
      },
      timestamp,
    },
  ],
  interaction_invalid: [
    {
      type: "interaction_invalid",
      requestId: "i1",
      data: {
        requestId: "i1",
        data: {
          interactionId,
          kind: "choices",
          errors: [{ field: "Size", message: "this question must be answered" }],
          message: "Some fields need attention.",
        },
      },
      timestamp,
    },
  ],
  interaction_resolved: [
    {
      type: "interaction_resolved",
      requestId: "r2",
      data: { requestId: "r2", interactionId, status: "submitted" },
      timestamp,
    },
  ],
  otp_verification_required: [
    {
      type: "otp_verification_required",
      requestId: "r2",
      data: {
        requestId: "r2",
        data: {
          toolId: "issue_refund",
          actionDescription: "Issue a refund",
          availableChannels: ["email", "sms"],
          authLevel: "end_user",
        },
      },
      timestamp,
    },
  ],
  otp_sent: [
    {
      type: "otp_sent",
      requestId: "r2",
      data: {
        requestId: "r2",
        data: { channel: "email", maskedDestination: "j***@example.com", resendAt: timestamp },
      },
      timestamp,
    },
  ],
  otp_verified: [
    {
      type: "otp_verified",
      requestId: "o1",
      data: { requestId: "o1", data: { message: "Thank you, it is you." } },
      timestamp,
    },
  ],
  grants_changed: [
    {
      type: "grants_changed",
      data: {
        grants: [
          {
            grantId,
            toolName: "issue_refund",
            title: "Issue a refund",
            summary: "Refund $20.00 on order 1234",
            grantedAt: timestamp,
          },
        ],
      },
      timestamp,
    },
  ],
  client_tool_call: [
    {
      type: "client_tool_call",
      requestId: "r2",
      data: {
        requestId: "r2",
        toolCallId,
        name: "navigate",
        arguments: { page: "/orders/1234" },
        expiresAt: timestamp + 30_000,
      },
      timestamp,
    },
  ],
};
