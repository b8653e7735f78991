import { TOOL_CALL_STATES, type ToolCallState } from "@smooth-agent/protocol";
import type { Prisma } from "./generated/sqlite/client.js";
import type {
  EndedState,
  ToolCallRecord,
  TurnRecord,
  TurnState,
  TurnWithSteps,
} from "./records.js";

/** What a turn is loaded with: its steps and calls in order, and the visitor's message. */
export const TURN_INCLUDE = {
  messages: { where: { direction: "inbound" }, take: 1 },
  steps: {
    orderBy: { index: "asc" },
    include: { toolCalls: { orderBy: { index: "asc" } } },
  },
} as const satisfies Prisma.TurnInclude;

type TurnRow = Prisma.TurnGetPayload<{ include: typeof TURN_INCLUDE }>;
type ToolCallRow = TurnRow["steps"][number]["toolCalls"][number];

export function turnRecord(row: Omit<TurnRow, "messages" | "steps">): TurnRecord {
  return {
    id: row.id,
    conversationId: row.conversationId,
    sessionId: row.sessionId,
    seq: row.seq,
    requestId: row.requestId,
    state: turnState(row.state),
    owner: row.owner,
    attempts: row.attempts,
    model: row.model,
    terminal: row.terminal,
  };
}

export function turnWithSteps(row: TurnRow): TurnWithSteps {
  return {
    ...turnRecord(row),
    userText: row.messages[0]?.text ?? "",
    context: row.context,
    steps: row.steps.map((step) => ({ ...step, toolCalls: step.toolCalls.map(toolCallRecord) })),
  };
}

function toolCallRecord(row: ToolCallRow): ToolCallRecord {
  return { ...row, state: toolCallState(row.state) };
}

const ENDED_STATES: readonly EndedState[] = ["completed", "failed", "cancelled"];
const TURN_STATES: readonly TurnState[] = ["running", "parked", ...ENDED_STATES];

export function endedState(value: string): EndedState {
  const state = ENDED_STATES.find((known) => known === value);
  if (!state) throw new Error(`The database has an answer that ended in the unknown way ${value}.`);
  return state;
}

function turnState(value: string): TurnState {
  const state = TURN_STATES.find((known) => known === value);
  if (!state) throw new Error(`The database has a turn in the unknown state ${value}.`);
  return state;
}

function toolCallState(value: string): ToolCallState {
  const state = TOOL_CALL_STATES.find((known) => known === value);
  if (!state) throw new Error(`The database has a tool call in the unknown state ${value}.`);
  return state;
}
