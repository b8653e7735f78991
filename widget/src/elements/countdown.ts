import type { ConversationState } from "../state/conversation-state.js";
import type { Strings } from "./strings.js";

/** Whether the panel tells a time that runs out: of the next attempt, an open question or a code. */
export function countsDown({ connection, transcript, otp }: ConversationState): boolean {
  if (connection.status === "reconnecting" || otp) return true;
  return transcript.some((entry) => entry.kind === "agent" && entry.status === "parked");
}

/** A time span in its largest sensible unit. */
export function duration(milliseconds: number, strings: Strings): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 60) return strings.seconds(seconds);
  if (seconds < 3600) return strings.minutes(Math.ceil(seconds / 60));
  if (seconds < 2 * 86_400) return strings.hours(Math.round(seconds / 3600));
  return strings.days(Math.round(seconds / 86_400));
}
