import { entriesOf, textAt, valueAt, type History, type TurnRow } from "./history.fixture.js";

/** What was acked is stored, every turn has ended once, and its conversation is in order and free. */
export function turnFaults(history: History): string[] {
  return [
    ...lostMessages(history),
    ...history.rows.turns.flatMap((turn) => endingFaults(turn, history)),
    ...history.rows.turns.flatMap((turn) => messageFaults(turn, history)),
    ...conversationFaults(history),
  ];
}

function lostMessages({ transcripts, rows }: History): string[] {
  const sent = entriesOf(transcripts, "sent").filter(
    ({ frame }) => frame["action"] === "send_message",
  );
  const faults: string[] = [];
  const fresh = new Set<string>();
  for (const { frame, transcript } of entriesOf(transcripts, "got")) {
    if (frame["type"] !== "immediate_response" || frame["status"] !== 202) continue;
    const requestId = String(frame["requestId"]);
    const asked = sent.find((other) => other.frame["requestId"] === requestId);
    const session = rows.sessions.find(({ id }) => id === asked?.frame["sessionId"]);
    const turn = rows.turns.find(
      (row) => row.requestId === requestId && row.conversationId === session?.conversationId,
    );
    const stored = rows.messages.some(
      ({ turnId, direction, text }) =>
        turnId === turn?.id && direction === "inbound" && text === asked?.frame["message"],
    );
    if (!turn || !stored) {
      faults.push(`${requestId} was acked to ${transcript.name} and is not stored`);
    }
    if (valueAt(frame, "data.duplicate") === true) continue;
    if (fresh.has(requestId)) faults.push(`${requestId} was accepted as new twice`);
    fresh.add(requestId);
  }
  for (const { requestId } of rows.turns) {
    if (sent.some(({ frame }) => frame["requestId"] === requestId)) continue;
    faults.push(`${requestId} is a turn that nobody sent`);
  }
  return faults;
}

const TERMINAL_OF: Record<string, string> = {
  completed: "eventual_response",
  cancelled: "cancelled",
  failed: "error",
};

function endingFaults(turn: TurnRow, { rows }: History): string[] {
  const { requestId, state, terminal } = turn;
  const expected = TERMINAL_OF[state];
  if (!expected) return [`${requestId} was left ${state}`];
  const event = terminal === null ? undefined : (JSON.parse(terminal) as unknown);
  const faults: string[] = [];
  if (textAt(event, "type") !== expected || textAt(event, "requestId") !== requestId) {
    faults.push(`${requestId} is ${state} and its stored terminal is not its ${expected}`);
  }
  if (turn.owner !== null || turn.endedAt === null) {
    faults.push(`${requestId} has ended and still has an owner or no end`);
  }
  const open = ["awaiting", "approved", "executing"];
  for (const { id, turnId, state: left } of rows.toolCalls) {
    if (turnId !== turn.id) continue;
    if (open.includes(left))
      faults.push(`${requestId} has ended and its call ${id} was left ${left}`);
  }
  return faults;
}

function messageFaults(turn: TurnRow, { rows }: History): string[] {
  const { requestId } = turn;
  const messages = rows.messages.filter(({ turnId }) => turnId === turn.id);
  const inbound = messages.filter(({ direction }) => direction === "inbound");
  const outbound = messages.filter(({ direction }) => direction === "outbound");
  const faults: string[] = [];
  if (inbound.length !== 1 || inbound[0]?.seq !== turn.seq) {
    faults.push(`${requestId} has ${inbound.length} messages of its visitor, or at another seq`);
  }
  if (outbound.length > 1) faults.push(`${requestId} has ${outbound.length} answers`);
  const answer = outbound[0];
  const texts = rows.steps
    .filter(({ turnId, text }) => turnId === turn.id && text !== "")
    .map(({ text }) => text);
  const said = texts.join("\n\n");
  if ((answer?.text ?? "") !== said) {
    faults.push(`${requestId} has an answer that is not the join of its steps`);
  }
  if (answer && answer.status !== turn.state) {
    faults.push(`${requestId} is ${turn.state} and its answer is ${answer.status}`);
  }
  if (turn.state === "completed") {
    const parts = valueAt(
      JSON.parse(turn.terminal ?? "null"),
      "data.data.response.responseParts",
    ) as string[] | undefined;
    if ((parts ?? []).join("") !== said) {
      faults.push(`${requestId} was told another answer than the one that is stored`);
    }
  }
  for (const step of rows.steps) {
    if (step.turnId !== turn.id || step.finishReason === "interrupted") continue;
    if (!isWhole(step.text)) faults.push(`${requestId} has a step whose words are not the model's`);
  }
  return faults;
}

/** The scripted model numbers its words: `<c1>0 <c1>1 <c1>end `. */
function isWhole(text: string): boolean {
  if (text === "") return true;
  const words = text.trimEnd().split(" ");
  return words.every((word, index) => {
    const number = word.replace(/^<c\w+>/, "");
    return number === (index === words.length - 1 ? "end" : String(index));
  });
}

function conversationFaults({ rows }: History): string[] {
  const faults: string[] = [];
  for (const { id, nextSeq, activeTurnId } of rows.conversations) {
    const live = rows.turns.some(
      (turn) => turn.id === activeTurnId && ["running", "parked"].includes(turn.state),
    );
    if (activeTurnId !== null && !live) faults.push(`conversation ${id} is not free again`);
    const seqs = rows.messages
      .filter(({ conversationId }) => conversationId === id)
      .map(({ seq }) => seq)
      .sort((a, b) => a - b);
    if (seqs.some((seq, index) => seq !== index + 1) || nextSeq !== seqs.length + 1) {
      faults.push(`conversation ${id} has a gap or a repetition: ${seqs.join(" ")} … ${nextSeq}`);
    }
    const requestIds = rows.turns
      .filter(({ conversationId }) => conversationId === id)
      .map(({ requestId }) => requestId);
    if (new Set(requestIds).size !== requestIds.length) {
      faults.push(`conversation ${id} has two turns of one requestId`);
    }
  }
  return faults;
}
