import type {
  AgentEntry,
  ConversationState,
  ToolPart,
  TranscriptEntry,
  VisitorEntry,
} from "../state/conversation-state.js";
import {
  SmoothAgentCodeEvent,
  SmoothAgentConfirmationEvent,
  SmoothAgentDecisionEvent,
  SmoothAgentErrorEvent,
  SmoothAgentFeedbackEvent,
  SmoothAgentHandOffEvent,
  SmoothAgentHostEvent,
  SmoothAgentInteractionEvent,
  SmoothAgentMessageEvent,
  SmoothAgentStatusEvent,
  SmoothAgentTurnEndEvent,
  SmoothAgentTurnStartEvent,
} from "./smooth-agent-events.js";

/** What happened from one state to the next, in order. History that was only loaded did not happen. */
export function conversationEvents(before: ConversationState, after: ConversationState): Event[] {
  const events: Event[] = [];
  const { connection } = after;
  if (before.connection.status !== connection.status) {
    events.push(new SmoothAgentStatusEvent(connection));
    if (connection.status === "refused") events.push(new SmoothAgentErrorEvent(connection.error));
  }
  if (before.connection.status === "online") events.push(...hostEvents(before, after));
  if (before.transcript === after.transcript) return events;
  const [former, changed] = differing(before.transcript, after.transcript);
  const known = new Map(former.map((entry) => [keyOf(entry), entry]));
  for (const entry of changed) {
    const earlier = known.get(keyOf(entry));
    if (earlier === entry) continue;
    if (entry.kind === "visitor") events.push(...visitorEvents(earlier, entry));
    else if (entry.kind === "person") {
      if (!earlier && isNews(entry, before, after)) {
        events.push(new SmoothAgentMessageEvent("person", entry.text, entry.id, entry.name));
      }
    } else {
      if (!earlier && isActive(entry) && hasBegun(entry, before)) {
        events.push(new SmoothAgentTurnStartEvent(entry.id));
      }
      events.push(...agentEvents(earlier, entry));
    }
  }
  return events;
}

/** Both without what they begin and end with alike: of a long transcript, one entry while an answer streams. */
function differing<Entry>(before: Entry[], after: Entry[]): [before: Entry[], after: Entry[]] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [before.slice(start, before.length - end), after.slice(start, after.length - end)];
}

/** What came from the host's side, and not with the session. */
function hostEvents(before: ConversationState, after: ConversationState): Event[] {
  const { handOff, hostEvent, otp } = after;
  const events: Event[] = [];
  if (otp && otp.status !== before.otp?.status) events.push(new SmoothAgentCodeEvent(otp.status));
  const isSame = before.handOff?.state === handOff?.state && before.handOff?.name === handOff?.name;
  if (handOff && !isSame) events.push(new SmoothAgentHandOffEvent(handOff.state, handOff.name));
  if (hostEvent && hostEvent !== before.hostEvent) {
    events.push(new SmoothAgentHostEvent(hostEvent.name, hostEvent.data));
  }
  return events;
}

/** A turn that only came with the session began earlier, unless it answers what was sent from here. */
function hasBegun({ id }: AgentEntry, { connection, transcript }: ConversationState): boolean {
  if (connection.status === "online") return true;
  return transcript.some(
    (entry) => entry.kind === "visitor" && entry.id === id && entry.delivery !== "sent",
  );
}

/** A page of history brings what is old, and behind what was shown before, what was missed. */
function isNews(entry: TranscriptEntry, before: ConversationState, after: ConversationState) {
  if (before.connection.status !== "online") return false;
  if (before.history.loading === after.history.loading) return true;
  const first = after.transcript.findIndex((each) =>
    before.transcript.some((other) => keyOf(other) === keyOf(each)),
  );
  return first >= 0 && after.transcript.indexOf(entry) > first;
}

function keyOf(entry: TranscriptEntry): string {
  return `${entry.kind} ${entry.id}`;
}

function visitorEvents(earlier: TranscriptEntry | undefined, entry: VisitorEntry): Event[] {
  const events: Event[] = [];
  if (!earlier && entry.delivery !== "sent") {
    events.push(new SmoothAgentMessageEvent("visitor", entry.text, entry.id));
  }
  const wasRefused = earlier?.kind === "visitor" && earlier.delivery === "refused";
  if (entry.delivery === "refused" && !wasRefused && entry.error) {
    events.push(new SmoothAgentErrorEvent(entry.error));
  }
  return events;
}

function agentEvents(earlier: TranscriptEntry | undefined, entry: AgentEntry): Event[] {
  const was = earlier?.kind === "agent" ? earlier : undefined;
  const events = entry.parts.flatMap((part) =>
    part.type === "tool" ? toolEvents(toolOf(was, part.toolCallId), part, entry) : [],
  );
  events.push(...feedbackEvents(was, entry));
  if (!was || !isActive(was) || isActive(entry)) return events;
  if (entry.error) events.push(new SmoothAgentErrorEvent(entry.error));
  const text = entry.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  if (entry.status === "completed" && text) {
    events.push(new SmoothAgentMessageEvent("agent", text, entry.id));
  }
  events.push(new SmoothAgentTurnEndEvent(entry.id, entry.status));
  return events;
}

/** What the server has, so one that it did not take is not told; what is taken back is gone at once. */
function feedbackEvents(was: AgentEntry | undefined, { feedback, messageId }: AgentEntry): Event[] {
  const isKept = feedback?.state === "kept" && was?.feedback?.state === "sending";
  const isGone = was?.feedback !== undefined && feedback === undefined;
  if (messageId === undefined || !(isKept || isGone)) return [];
  return [new SmoothAgentFeedbackEvent(messageId, feedback?.rating ?? null, feedback?.comment)];
}

function toolEvents(was: ToolPart | undefined, part: ToolPart, entry: AgentEntry): Event[] {
  const { confirmation, interaction, verdict } = part;
  if (was === part) return [];
  const events: Event[] = [];
  if (interaction && !was?.interaction && isActive(entry)) {
    events.push(new SmoothAgentInteractionEvent(interaction));
  }
  if (!confirmation) return events;
  if (!was?.confirmation && isActive(entry)) {
    events.push(new SmoothAgentConfirmationEvent(confirmation));
  }
  if (verdict?.state === "decided" && was && was.verdict?.state !== "decided") {
    events.push(
      new SmoothAgentDecisionEvent(confirmation, verdict.approved, verdict.here, verdict.by),
    );
  }
  return events;
}

function toolOf(entry: AgentEntry | undefined, toolCallId: string): ToolPart | undefined {
  const part = entry?.parts.find((each) => each.type === "tool" && each.toolCallId === toolCallId);
  return part?.type === "tool" ? part : undefined;
}

function isActive(entry: AgentEntry): boolean {
  return entry.status === "running" || entry.status === "parked";
}
