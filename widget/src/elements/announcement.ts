import { isLive } from "../state/transcript.js";
import { visibleCharacters } from "../markdown/visible-characters.js";
import {
  SmoothAgentCodeEvent,
  SmoothAgentConfirmationEvent,
  SmoothAgentDecisionEvent,
  SmoothAgentErrorEvent,
  SmoothAgentHandOffEvent,
  SmoothAgentInteractionEvent,
  SmoothAgentMessageEvent,
  SmoothAgentStatusEvent,
  SmoothAgentTurnEndEvent,
  SmoothAgentTurnStartEvent,
} from "./smooth-agent-events.js";
import type { Hearing } from "./live-region.js";
import { AnswerSpeech } from "./answer-speech.js";
import { handOffText } from "./hand-off-notice.js";
import { errorText, type Strings } from "./strings.js";

/** What a screen reader is told of what happened, a line each; an agent's own words are not among it. */
export function announcements(events: Event[], hearing: Hearing): string[] {
  return events.flatMap((event) => announced(event, hearing)).filter((line) => line !== "");
}

function announced(event: Event, { strings, agentName, state }: Hearing): string | string[] {
  if (event instanceof SmoothAgentMessageEvent) return messageLines(event, strings);
  if (event instanceof SmoothAgentHandOffEvent) return handOffText(event, agentName, strings);
  if (event instanceof SmoothAgentConfirmationEvent) return questionLine(event, strings);
  if (event instanceof SmoothAgentDecisionEvent) {
    const { approved, here, by } = event;
    if (by === "team") return approved ? strings.approvedByTeam : strings.declinedByTeam;
    if (here) return approved ? strings.youApproved : strings.youDeclined;
    return approved ? strings.approvedElsewhere : strings.declinedElsewhere;
  }
  if (event instanceof SmoothAgentInteractionEvent) {
    const reason = visibleCharacters(event.interaction.reason);
    return `${strings.interactionAsked(agentName)}: ${reason} ${wayTo(strings)}`;
  }
  if (event instanceof SmoothAgentCodeEvent) {
    const { otpTitle: sent, otpVerified: verified, otpLocked: locked, otpFailed: failed } = strings;
    return { sent, verified, locked, failed, sending: "", verifying: "" }[event.status];
  }
  if (event instanceof SmoothAgentTurnStartEvent) {
    const answer = state.transcript.findLast(isLive);
    return answer?.parts.length === 0 ? strings.thinking : "";
  }
  if (event instanceof SmoothAgentTurnEndEvent) {
    return event.status === "cancelled" ? strings.stopped : "";
  }
  if (event instanceof SmoothAgentStatusEvent) {
    return event.connection.status === "reconnecting" ? strings.reconnecting : "";
  }
  return event instanceof SmoothAgentErrorEvent ? errorText(strings, event.error.code) : "";
}

/** A person writes whole messages; an agent's answer was said while it grew. */
function messageLines({ from, text, name = "" }: SmoothAgentMessageEvent, strings: Strings) {
  if (from !== "person") return [];
  const entry = { id: "", parts: [{ type: "text" as const, text }] };
  const [first = visibleCharacters(text), ...rest] = new AnswerSpeech().next(
    entry,
    true,
    undefined,
    strings,
  );
  return [strings.announceAnswer(name, first), ...rest];
}

function questionLine({ confirmation }: SmoothAgentConfirmationEvent, strings: Strings): string {
  const title = visibleCharacters(confirmation.title);
  if (confirmation.approver === "team") return `${strings.approvalAskedTeam}: ${title}`;
  const question = strings.announceQuestion(title, visibleCharacters(confirmation.summary));
  return `${question} ${wayTo(strings)}`;
}

/** How a keyboard gets to a question. */
function wayTo({ announceWay }: Strings): string {
  return matchMedia("(pointer: coarse)").matches ? "" : announceWay;
}
