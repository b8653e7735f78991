import type { GatewayMessage, GatewayToolCall } from "../gateway/gateway.js";
import type {
  PastEntry,
  PersonMessage,
  StepRecord,
  ToolCallRecord,
  TurnWithSteps,
} from "../store/records.js";
import { askedText } from "./page-context.js";
import { cutText } from "./stored-text.js";
import { editsOf } from "./argument-change.js";
import { argumentText, modelArguments } from "./tool-call.js";
import { OUTCOME_UNKNOWN } from "./tool-run.js";
import { NOT_RUN } from "./untold-outcome.js";

/**
 * The messages of what lies behind that the model is sent: the newest whole turns within a budget, with
 * the tools they called and what came back, so that nothing is done a second time, and between them
 * what people of the host's wrote. What does not fit is sent with its long texts cut; the newest entry
 * is sent in any case.
 *
 * @param past newest first
 * @param budget estimated tokens
 */
export function historyMessages(past: readonly PastEntry[], budget: number): GatewayMessage[] {
  const kept: GatewayMessage[][] = [];
  let left = budget;
  for (const whole of wholes(past)) {
    const messages = estimatedTokens(whole) > left ? whole.map(shortened) : whole;
    left -= estimatedTokens(messages);
    if (left < 0 && kept.length > 0) break;
    kept.unshift(messages);
  }
  return kept.flat();
}

/**
 * The messages of the turn that runs, with what its page said. What its last step called and got back is whole; long texts of
 * the steps before are cut when the whole would not fit.
 *
 * @param beside what people wrote since it began, newest first
 * @param budget estimated tokens
 */
export function runningMessages(
  turn: TurnWithSteps,
  beside: readonly PastEntry[],
  budget: number,
): GatewayMessage[] {
  const whole = turnMessages({ ...turn, userText: askedText(turn) }, personMessages(beside));
  if (estimatedTokens(whole) <= budget) return whole;
  const last = turn.steps.slice(-1).flatMap(stepMessages);
  return [...whole.slice(0, whole.length - last.length).map(shortened), ...last];
}

/**
 * The messages of one turn, as far as it got.
 *
 * @param beside what people wrote since it began, oldest first
 */
export function turnMessages(
  turn: TurnWithSteps,
  beside: readonly GatewayMessage[] = [],
): GatewayMessage[] {
  const asked: GatewayMessage = { role: "user", content: turn.userText };
  // A model takes a last message of the assistant's side for the beginning of its own answer.
  if (turn.steps.length === 0) return [...beside, asked];
  return [asked, ...beside, ...turn.steps.flatMap(stepMessages)];
}

/** What is kept or left out as one: a turn with what was written while it ran, or a message; newest first. */
function wholes(past: readonly PastEntry[]): GatewayMessage[][] {
  const said = past.filter((entry) => entry.type === "message");
  const within = new Set<PastEntry>();
  const turns = new Map<PastEntry, GatewayMessage[]>();
  for (const entry of past) {
    if (entry.type === "message") continue;
    const beside = said.filter(({ seq }) => seq > entry.seq && seq < entry.until);
    for (const message of beside) within.add(message);
    turns.set(entry, turnMessages(entry.turn, personMessages(beside)));
  }
  return past
    .filter((entry) => !within.has(entry))
    .map((entry) => turns.get(entry) ?? personMessages([entry]));
}

/** Oldest first. */
function personMessages(newestFirst: readonly PastEntry[]): GatewayMessage[] {
  return newestFirst
    .filter((entry) => entry.type === "message")
    .map(personMessage)
    .toReversed();
}

/** Said to the visitor, not to the model: it is told as what a colleague said, and orders nothing. */
function personMessage({ name, text }: PersonMessage): GatewayMessage {
  const who = `[${JSON.stringify(name)}, a person of the team, wrote to the visitor:]`;
  return { role: "assistant", content: `${who}\n${text}` };
}

// Providers take about four bytes of English for a token and fewer of other scripts: three is safe.
const BYTES_PER_TOKEN = 3;

export function estimatedTokens(messages: readonly GatewayMessage[]): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(messages)) / BYTES_PER_TOKEN);
}

/** Characters that are left of a long text. */
const SHORT_CHARACTERS = 1_000;

function shortened(message: GatewayMessage): GatewayMessage {
  if (message.role === "user" || message.content.length <= SHORT_CHARACTERS) return message;
  return { ...message, content: `${cutText(message.content, SHORT_CHARACTERS)} … [cut]` };
}

function stepMessages(step: StepRecord): GatewayMessage[] {
  if (step.toolCalls.length === 0) {
    return step.text === "" ? [] : [{ role: "assistant", content: spokenText(step) }];
  }
  return [
    { role: "assistant", content: step.text, toolCalls: step.toolCalls.map(gatewayToolCall) },
    ...step.toolCalls.map(toolMessage),
  ];
}

function spokenText({ text, finishReason }: StepRecord): string {
  return finishReason === "interrupted" ? `${text} … [interrupted]` : text;
}

function gatewayToolCall(call: ToolCallRecord): GatewayToolCall {
  // What was not an object is sent back as an empty one: many gateways refuse anything else.
  const args = JSON.stringify(modelArguments(call));
  return { id: call.providerId, name: call.name, arguments: args };
}

function toolMessage(call: ToolCallRecord): GatewayMessage {
  const content = editTold(call) + (call.result ?? unfinished(call));
  return { role: "tool", toolCallId: call.providerId, content };
}

/** What the model is told of a call that was changed before it was approved: its own arguments stand above. */
function editTold(call: ToolCallRecord): string {
  const edits = editsOf(call);
  if (edits.length === 0) return "";
  const who = call.decidedBy === "team" ? "A person of the team" : "The visitor";
  const changes = edits.map(({ name, from, to }) => `${name} from ${told(from)} to ${told(to)}`);
  const what = `changed ${changes.join(", ")} before approving this call`;
  return `[${who} ${what}: it stands as ${argumentText(call)}, not as you wrote it.]\n`;
}

function told(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

function unfinished(call: ToolCallRecord): string {
  if (call.state === "executing") return OUTCOME_UNKNOWN.result;
  return NOT_RUN;
}
