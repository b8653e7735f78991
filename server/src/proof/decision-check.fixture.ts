import {
  entriesOf,
  textAt,
  valueAt,
  type History,
  type ToolCallRow,
  type Transcript,
} from "./history.fixture.js";

/** Every decided call has its record, which agrees with what was stored, sent and acked. */
export function decisionFaults(history: History): string[] {
  const { rows } = history;
  const orphans = rows.decisions
    .filter(({ toolCallId }) => !rows.toolCalls.some(({ id }) => id === toolCallId))
    .map(({ toolCallId }) => `there is a decision about the unknown call ${toolCallId}`);
  return [
    ...orphans,
    ...rows.toolCalls.flatMap((call) => recordFaults(call, history)),
    ...ackedVerdicts(history),
  ];
}

const OUTCOMES = ["succeeded", "failed", "unknown", "denied", "expired"];

function recordFaults(call: ToolCallRow, { rows }: History): string[] {
  const { id, approved } = call;
  const records = rows.decisions.filter(({ toolCallId }) => toolCallId === id);
  // What a visitor says in a form decides about nothing.
  if (call.interaction !== null && records.length === 0) return [];
  if (approved === null) {
    return records.length > 0 ? [`call ${id} has a decision and was never decided`] : [];
  }
  const [record] = records;
  if (!record || records.length > 1) return [`call ${id} has ${records.length} decision records`];
  const faults: string[] = [];
  const told = [record.approved, record.decidedBy, record.turnId, record.conversationId];
  const stored = [approved, call.decidedBy, call.turnId, call.conversationId];
  if (told.some((value, index) => value !== stored[index]) || record.toolName !== call.name) {
    faults.push(`the decision about call ${id} is not the one that was made`);
  }
  if (record.argumentsDigest !== call.digest) {
    faults.push(`the decision about call ${id} is bound to other arguments`);
  }
  if (record.editedDigest !== call.editedDigest) {
    faults.push(`the decision about call ${id} is bound to another correction`);
  }
  if (record.grantId !== call.grantId) {
    faults.push(`the decision about call ${id} names another grant`);
  }
  const isDone = OUTCOMES.includes(call.state);
  if (isDone ? record.outcome !== call.state : record.outcome !== null) {
    faults.push(`the decision about call ${id} says ${record.outcome}, the call ${call.state}`);
  }
  const session = rows.sessions.find((row) => row.id === record.sessionId);
  if (record.decidedBy === "visitor" && session?.conversationId !== call.conversationId) {
    faults.push(`the decision about call ${id} came from a session of another conversation`);
  }
  return faults;
}

/** At most one verdict of a call is acked, and it is the one that counts. */
function ackedVerdicts({ transcripts, rows }: History): string[] {
  const faults: string[] = [];
  const acked = new Set<string>();
  const counted = new Map<Transcript, Set<unknown>>();
  for (const { frame, transcript } of entriesOf(transcripts, "sent")) {
    const toolCallId = textAt(frame, "toolCallId");
    if (frame["action"] !== "confirm_tool_action" || toolCallId === undefined) continue;
    const ack = transcript.entries.find(
      ({ way, frame: got }) =>
        way === "got" &&
        got["type"] === "immediate_response" &&
        got["requestId"] === frame["requestId"],
    );
    // The same frame sent again has one ack.
    const own = counted.get(transcript) ?? new Set();
    if (!ack || own.has(frame["requestId"])) continue;
    counted.set(transcript, own.add(frame["requestId"]));
    if (acked.has(toolCallId)) faults.push(`two verdicts about call ${toolCallId} were acked`);
    acked.add(toolCallId);
    const call = rows.toolCalls.find(({ id }) => id === toolCallId);
    const said = valueAt(ack.frame, "data.approved");
    if (call?.approved !== said || call?.approved !== frame["approved"]) {
      faults.push(`the acked verdict about call ${toolCallId} is not the stored one`);
    }
    if (call?.decidedBy !== "visitor") {
      faults.push(`the acked verdict about call ${toolCallId} is stored as somebody else's`);
    }
  }
  return faults;
}
