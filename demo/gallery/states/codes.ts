import type { OtpState } from "@smooth-agent/widget/conversation";
import { agent, MINUTE, NOW, talk, visitor } from "../conversation-parts.js";
import type { Act, GalleryFamily, GalleryState } from "../gallery-state.js";

const SENT = {
  status: "sent",
  channel: "email",
  maskedDestination: "r•••@example.com",
  attemptsRemaining: 3,
  expiresAt: NOW + 10 * MINUTE,
} as const;

/** One-time codes, by how far one has come. */
export const codes: GalleryFamily = {
  name: "codes",
  title: "One-time codes",
  states: [
    code("sending", "On its way", { status: "sending" }),
    code("sent", "Sent", { ...SENT, resendAt: NOW + 30_000 }),
    code("typed", "Half typed", SENT, [{ fill: "#otp-code", text: "4198" }]),
    code("verifying", "Looked at", { ...SENT, status: "verifying" }),
    code("wrong", "Wrong", {
      ...SENT,
      attemptsRemaining: 1,
      error: "That code is not right. Please look again.",
    }),
    code("again", "Another may be asked for", { ...SENT, channels: ["email", "sms", "phone"] }),
    code("failed", "Could not be sent", {
      status: "failed",
      channel: "sms",
      channels: ["email", "sms"],
      error: "The code could not be sent. Please try another way.",
    }),
    code("locked", "Too many were wrong", { status: "locked", attemptsRemaining: 0 }),
    code("verified", "Right", { status: "verified" }),
  ],
};

function code(
  name: string,
  title: string,
  change: Partial<OtpState>,
  acts: readonly Act[] = [],
): GalleryState {
  const conversation = talk(
    visitor("Where is my order? I am Rosa Lind."),
    agent("I can tell you once I know that it is you."),
  );
  const otp: OtpState = {
    turnId: "t",
    actionDescription: "Look up the orders of Rosa Lind",
    channels: ["email"],
    status: "sent",
    ...change,
  };
  return { name, title, acts, conversation: { ...conversation, otp } };
}
