import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  conversationsOf,
  entriesOf,
  textAt,
  valueAt,
  type Effect,
  type History,
  type JournalLine,
  type ToolCallRow,
  type Transcript,
} from "./history.fixture.js";

/** No write ran twice, none unasked, and nothing ran after a cancel. */
export function effectFaults(history: History): string[] {
  const effects = history.journal.filter((line) => line.kind === "effect");
  return [
    ...effects.flatMap((effect) => runFaults(effect, history)),
    ...repetitions(effects, history),
    // What a form or a page did is no effect of the shop's.
    ...history.rows.toolCalls
      .filter(({ name }) => Object.hasOwn(history.tools, name))
      .flatMap((call) => outcomeFaults(call, effects)),
    ...afterCancel(history),
  ];
}

function runFaults(effect: Effect, history: History): string[] {
  const { tool, args, idempotencyKey: key } = effect;
  const call = history.rows.toolCalls.find(({ id }) => id === key);
  if (call?.name !== tool) return [`${tool} ran under ${key}, which is no call of it`];
  const faults: string[] = [];
  if (!isDeepStrictEqual(JSON.parse(call.editedArguments ?? call.arguments), args)) {
    faults.push(`${tool} ran with other arguments than those of its call ${key}`);
  }
  if (call.digest !== digestOf(call.arguments)) {
    faults.push(`the digest of call ${key} is not that of its arguments`);
  }
  if (call.editedArguments !== null && call.editedDigest !== digestOf(call.editedArguments)) {
    faults.push(`the digest of call ${key} is not that of its corrected arguments`);
  }
  if (call.startedAt === null || call.startedAt > effect.at) {
    faults.push(`${tool} ran before its call ${key} was stored as begun`);
  }
  if (!history.tools[tool]?.gated) return faults;
  return [...faults, ...approvalFaults(effect, call, history)];
}

/** A gated tool ran: somebody who was shown these arguments, or changed them to these, approved them before. */
function approvalFaults(effect: Effect, call: ToolCallRow, history: History): string[] {
  if (call.grantId !== null) return grantFaults(effect, call, history);
  const { transcripts } = history;
  const { id, approved, decidedAt, confirmation, originalConfirmation } = call;
  if (approved !== true || decidedAt === null || decidedAt > effect.at) {
    return [`${effect.tool} ran without a stored approval of call ${id}`];
  }
  const faults: string[] = [];
  const runs = (question: unknown) =>
    isDeepStrictEqual(valueAt(question, "arguments"), effect.args);
  const stored = JSON.parse(confirmation ?? "null") as unknown;
  const original = valueAt(JSON.parse(originalConfirmation ?? "null"), "arguments");
  const isAsShown = (question: unknown) =>
    originalConfirmation === null
      ? runs(question)
      : isDeepStrictEqual(valueAt(question, "arguments"), original);
  if (!runs(stored) || !questionsAbout(id, transcripts).every(isAsShown)) {
    faults.push(`${effect.tool} ran with other arguments than were shown for call ${id}`);
  }
  const isSent = entriesOf(transcripts, "sent").some(
    ({ frame, at, transcript }) =>
      frame["action"] === "confirm_tool_action" &&
      frame["toolCallId"] === id &&
      frame["approved"] === true &&
      (originalConfirmation === null ? frame["arguments"] === undefined : runs(frame)) &&
      at <= effect.at &&
      isAdmitted(transcript, frame["sessionId"], call.conversationId),
  );
  if (!isSent) faults.push(`${effect.tool} ran although nobody sent an approval of call ${id}`);
  return faults;
}

/** A gated tool ran unasked: its visitor had said so before, and had not taken it back when it began. */
function grantFaults(effect: Effect, call: ToolCallRow, { rows, transcripts }: History): string[] {
  const { id, grantId, startedAt, conversationId, name } = call;
  const grant = rows.grants.find((row) => row.id === grantId);
  if (!grant || grant.conversationId !== conversationId || grant.toolName !== name) {
    return [`${effect.tool} ran under a grant that is not for call ${id}`];
  }
  const faults: string[] = [];
  if (grant.createdAt > effect.at) faults.push(`call ${id} ran before it was granted`);
  if (grant.endedAt !== null && grant.endedAt < (startedAt ?? 0)) {
    faults.push(`call ${id} ran under a grant that had been revoked`);
  }
  const isGranted = entriesOf(transcripts, "sent").some(
    ({ frame, at }) =>
      frame["action"] === "confirm_tool_action" &&
      frame["toolCallId"] === grant.toolCallId &&
      frame["approved"] === true &&
      frame["remember"] === true &&
      at <= effect.at,
  );
  if (!isGranted) faults.push(`call ${id} ran under a grant that nobody gave`);
  return faults;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A connection that was cut may have sent a verdict behind its resume and heard of neither. */
function isAdmitted(transcript: Transcript, sessionId: unknown, conversationId: string): boolean {
  const resumed = transcript.entries.some(
    ({ way, frame }) =>
      way === "sent" && frame["action"] === "resume_session" && frame["sessionId"] === sessionId,
  );
  return resumed || conversationsOf(transcript).has(conversationId);
}

function questionsAbout(toolCallId: string, transcripts: History["transcripts"]): unknown[] {
  return entriesOf(transcripts, "got")
    .flatMap(({ frame }) => [
      frame["type"] === "write_confirmation_required" ? valueAt(frame, "data.data") : undefined,
      valueAt(frame, "data.activeTurn.pending"),
    ])
    .filter((question) => textAt(question, "toolCallId") === toolCallId);
}

/** The scripted model asks for each effect once, so that a second call of the same is a repetition too. */
function repetitions(effects: readonly Effect[], { tools }: History): string[] {
  const faults: string[] = [];
  const keys = new Map<string, Set<string>>();
  const seen = new Set<string>();
  for (const { tool, args, idempotencyKey } of effects) {
    const what = `${tool} ${JSON.stringify(args)}`;
    if (seen.has(what) && !tools[tool]?.idempotent) faults.push(`${what} ran twice`);
    seen.add(what);
    keys.set(what, (keys.get(what) ?? new Set()).add(idempotencyKey));
  }
  for (const [what, { size }] of keys) {
    if (size > 1) faults.push(`${what} ran under ${size} keys`);
  }
  return faults;
}

const NEVER_RUN = ["proposed", "awaiting", "approved", "denied", "expired", "failed"];

function outcomeFaults({ id, name, state }: ToolCallRow, effects: readonly Effect[]): string[] {
  const ran = effects.some(({ idempotencyKey }) => idempotencyKey === id);
  if (ran && NEVER_RUN.includes(state)) return [`${name} ran and its call ${id} is ${state}`];
  if (!ran && state === "succeeded") return [`call ${id} is told to have run, and ${name} did not`];
  return [];
}

/** After the cancel was told, or in a process that began after it was stored, nothing more happens. */
function afterCancel({ journal, rows }: History): string[] {
  const cancelled = rows.turns.filter(({ state }) => state === "cancelled");
  return cancelled.flatMap((turn) => {
    const { requestId, endedAt } = turn;
    const text = rows.messages.find(
      ({ turnId, direction }) => turnId === turn.id && direction === "inbound",
    )?.text;
    const calls = rows.toolCalls.filter(({ turnId }) => turnId === turn.id).map(({ id }) => id);
    const isOfTurn = (line: JournalLine) =>
      (line.kind === "effect" && calls.includes(line.idempotencyKey)) ||
      (line.kind === "model" && line.message === text);
    const told = journal.findIndex(
      (line) => line.kind === "terminal" && line.requestId === requestId,
    );
    const reborn = journal.findIndex(
      ({ kind, at }) => kind === "start" && endedAt !== null && at > endedAt,
    );
    return [told, reborn]
      .filter((from) => from >= 0)
      .flatMap((from) => journal.slice(from).filter(isOfTurn))
      .map(({ kind }) => `${requestId} was cancelled and went on: ${kind}`);
  });
}
