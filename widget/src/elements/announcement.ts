import { visibleCharacters } from "../markdown/visible-characters.js";
import {
  SmoothAgentCodeEvent,
  SmoothAgentConfirmationEvent,
  SmoothAgentDecisionEvent,
  SmoothAgentErrorEvent,
  SmoothAgentHandOffEvent,
  SmoothAgentInteractionEvent,
  SmoothAgentMessageEvent,
} from "./smooth-agent-events.js";
import { handOffText } from "./hand-off-notice.js";
import { errorText, type Strings } from "./strings.js";

/** Longer answers are announced by their beginning; the transcript has the rest. */
const ANNOUNCED_CHARACTERS = 600;

/** What a screen reader is told of what happened; empty when it need not hear of it. */
export function announcement(events: Event[], agentName: string, strings: Strings): string {
  const said = events.map((event) => announced(event, agentName, strings));
  return said.join(" ").trim();
}

function announced(event: Event, agentName: string, strings: Strings): string {
  if (event instanceof SmoothAgentMessageEvent && event.from !== "visitor") {
    return strings.announceAnswer(event.name || agentName, plainText(event.text));
  }
  if (event instanceof SmoothAgentHandOffEvent) return handOffText(event, agentName, strings);
  if (event instanceof SmoothAgentConfirmationEvent) {
    const { title, summary } = event.confirmation;
    return strings.announceQuestion(visibleCharacters(title), visibleCharacters(summary));
  }
  if (event instanceof SmoothAgentDecisionEvent) {
    const { approved, here, by } = event;
    if (by === "team") return approved ? strings.approvedByTeam : strings.declinedByTeam;
    if (here) return approved ? strings.youApproved : strings.youDeclined;
    return approved ? strings.approvedElsewhere : strings.declinedElsewhere;
  }
  if (event instanceof SmoothAgentInteractionEvent) {
    const reason = visibleCharacters(event.interaction.reason);
    return strings.announceQuestion(strings.interactionAsked(agentName), reason);
  }
  if (event instanceof SmoothAgentCodeEvent) {
    const { otpTitle: sent, otpVerified: verified, otpLocked: locked, otpFailed: failed } = strings;
    return { sent, verified, locked, failed, sending: "", verifying: "" }[event.status];
  }
  return event instanceof SmoothAgentErrorEvent ? errorText(strings, event.error.code) : "";
}

/** Whether the launcher of a closed panel should show that there is something new. */
export function callsForAttention(event: Event): boolean {
  if (event instanceof SmoothAgentMessageEvent) return event.from !== "visitor";
  if (event instanceof SmoothAgentHandOffEvent) return event.state === "active";
  return (
    event instanceof SmoothAgentConfirmationEvent || event instanceof SmoothAgentInteractionEvent
  );
}

/** Markdown without the marks that would be read out as punctuation. */
function plainText(text: string): string {
  const plain = text
    .slice(0, 4 * ANNOUNCED_CHARACTERS)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^[ \t]*(?:[#>]+|[-*+]|\|[-|: ]+\|)[ \t]*/gm, "")
    .replace(/[*`|~]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > ANNOUNCED_CHARACTERS ? `${plain.slice(0, ANNOUNCED_CHARACTERS)}…` : plain;
}
