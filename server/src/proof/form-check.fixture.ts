import { isDeepStrictEqual } from "node:util";
import { entriesOf, textAt, valueAt, type History, type ToolCallRow } from "./history.fixture.js";

/** Of the answers to a form at most one is acked, and that one is what the model was told; a page runs a tool once. */
export function formFaults(history: History): string[] {
  return history.rows.toolCalls.flatMap((call) => [
    ...answerFaults(call, history),
    ...pageFaults(call, history),
  ]);
}

function answerFaults(call: ToolCallRow, { transcripts }: History): string[] {
  const { id, interaction, result } = call;
  const acks = acksOf("submit_interaction", "interactionId", id, transcripts);
  if (interaction === null) {
    return acks.length > 0 ? [`an answer to call ${id} was acked, which is no form`] : [];
  }
  if (acks.length > 1) return [`${acks.length} answers to the form of call ${id} were acked`];
  const [ack] = acks;
  if (!ack || result === null) return [];
  const told = JSON.parse(result) as unknown;
  const isDeclined = valueAt(ack, "data.declined") === true;
  const isTold = isDeclined
    ? textAt(told, "status") === "declined"
    : isDeepStrictEqual(valueAt(told, "values"), valueAt(ack, "data.values"));
  return isTold ? [] : [`the acked answer to call ${id} is not what the model was told`];
}

function pageFaults({ id, name, state, result }: ToolCallRow, { transcripts }: History): string[] {
  if (!name.startsWith("client_")) return [];
  const faults: string[] = [];
  const orders = entriesOf(transcripts, "got").filter(
    ({ frame }) => frame["type"] === "client_tool_call" && textAt(frame, "data.toolCallId") === id,
  );
  if (orders.length > 1) faults.push(`${orders.length} pages were told to run call ${id}`);
  const sent = entriesOf(transcripts, "sent").filter(
    ({ frame }) => frame["action"] === "submit_tool_result" && frame["toolCallId"] === id,
  );
  if (state === "succeeded" && !sent.some(({ frame }) => isIn(frame["result"], result))) {
    faults.push(`call ${id} is told to have run, and no page said so`);
  }
  const acks = acksOf("submit_tool_result", "toolCallId", id, transcripts);
  if (acks.length > 1) faults.push(`${acks.length} results of call ${id} were acked`);
  if (acks.length === 1 && state !== "succeeded" && state !== "unknown") {
    faults.push(`the result of call ${id} was acked, and it is ${state}`);
  }
  return faults;
}

function isIn(given: unknown, result: string | null): boolean {
  return typeof given === "string" && result !== null && result.includes(given);
}

/** The acks of what connections sent about a call; a frame that was sent again has one. */
function acksOf(
  action: string,
  key: string,
  id: string,
  transcripts: History["transcripts"],
): unknown[] {
  const requests = entriesOf(transcripts, "sent")
    .filter(({ frame }) => frame["action"] === action && frame[key] === id)
    .map(({ frame, transcript }) => `${transcript.name} ${String(frame["requestId"])}`);
  return entriesOf(transcripts, "got")
    .filter(
      ({ frame, transcript }) =>
        frame["type"] === "immediate_response" &&
        requests.includes(`${transcript.name} ${String(frame["requestId"])}`),
    )
    .map(({ frame }) => frame);
}
