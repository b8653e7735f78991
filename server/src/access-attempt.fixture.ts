import type { ActionName } from "@smooth-agent/protocol";
import { NEVER, type AccessWorld, type Person, type Target } from "./access-world.fixture.js";
import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";

/** One way to ask for something that this connection does not hold. */
export interface Form {
  /** The fields of the frame, for a target or for one that never existed. */
  ask(target: Target, own: Target, world: AccessWorld, caller: Person): unknown;
  /** What comes of it; the action's own answer to what is forbidden when absent. */
  outcome?(owner: Person, caller: Person): string;
  /** Asked on a connection of its own, because it may open a session. */
  apart?: boolean;
}

/** The codes that hide whether there is anything, with their one text. */
const refusals = {
  SESSION_NOT_FOUND: "There is no such session here.",
  CONVERSATION_NOT_FOUND: "There is no such conversation here.",
  AGENT_NOT_AUTHORIZED: "This agent is not available.",
  NO_PENDING_CONFIRMATION: "No question is waiting for an answer here.",
  CONFIRMATION_MISMATCH: "Another question is waiting than the one that was answered.",
  INTERACTION_MISMATCH: "Another form is waiting than the one that was answered.",
  NO_PENDING_INTERACTION: "No form is waiting for an answer here.",
  VALIDATION_ERROR: [
    "cursor is not one of this conversation.",
    "messageId is not an answer of this conversation.",
  ],
  SKILL_NOT_FOUND: "There is no such skill.",
};
export type Refusal = keyof typeof refusals;

/** The outcome of what is forbidden. */
export const refused = (code: Refusal) => `refused as what never existed: ${code}`;

export interface Attempt {
  action: ActionName;
  form: Form;
  target: Target;
  own: Target & { caller: CoreClient };
  world: AccessWorld;
  caller: Person;
}

/**
 * What comes of asking for a target, compared with asking the same of what never existed: in words, and
 * with the rows that were written.
 */
export async function attempted(attempt: Attempt): Promise<string> {
  const { target } = attempt;
  const form = { ...target.form, sessionId: NEVER, interactionId: NEVER };
  const ids = { sessionId: NEVER, conversationId: NEVER, toolCallId: NEVER, messageId: NEVER };
  const never = { ...ids, form };
  const real = await heardOf(target, attempt);
  const made = await heardOf({ ...target, ...never }, attempt);
  const isAlike =
    real.written === made.written &&
    real.frames.map(anonymised).join() === made.frames.map(anonymised).join();
  const outcome = outcomeOf(real.frames, attempt, isAlike);
  return real.written === "" ? outcome : `${outcome} (${real.written})`;
}

async function heardOf(
  target: Target,
  { action, form, own, world, caller }: Attempt,
): Promise<{ frames: Frame[]; written: string }> {
  const client = form.apart ? await world.connect(caller) : own.caller;
  const fields = await form.ask(target, own, world, caller);
  const heard = client.frames.length;
  client.send({ action, requestId: "x", ...(fields as object) });
  if (action === "cancel") {
    await answerTo({ action: "get_session", sessionId: target.sessionId }, client);
    // Waits behind everything that this connection asked.
    await answerTo({ action: "list_conversations" }, client);
  } else while (isKeepalive(await client.next()));
  const written = world.written();
  const frames = client.frames.slice(heard).filter((frame) => !isKeepalive(frame));
  if (form.apart) await client.close();
  return { frames, written };
}

/** Waits for the answer to a question, whatever comes before it. */
async function answerTo(question: object, client: CoreClient): Promise<void> {
  client.send({ ...question, requestId: "quiet" });
  while ((await client.next()).event["requestId"] !== "quiet");
}

/** On a slow machine a question waits for longer than the pause between two of them. */
const isKeepalive = ({ type }: Frame) => type === "keepalive";

function outcomeOf(frames: readonly Frame[], attempt: Attempt, isAlike: boolean): string {
  const { action, target } = attempt;
  const [frame] = frames;
  if (!frame) throw new Error("no answer");
  const unlike = `UNLIKE WHAT NEVER EXISTED: ${frame.text}`;
  // The answers are those of the two questions behind it.
  if (action === "cancel") return isAlike && frames.length === 2 ? "silence" : unlike;
  if (action === "list_conversations") {
    return frame.text.includes(target.conversationId) ? "listed" : "not listed";
  }
  if (frame.type === "error") {
    const code = textAt(frame, "error.code") as Refusal;
    if (isAlike && refusalsOf(code, frame).includes(frame.text)) return refused(code);
    return `UNLIKE WHAT NEVER EXISTED: ${code}`;
  }
  if (action === "create_conversation_session") {
    if (at(frame, "data.conversationId") === target.conversationId) return "continued";
    return isAlike ? "a conversation of one's own" : unlike;
  }
  if (frame.type === "immediate_response") return textAt(frame, "message");
  return isAlike ? frame.type : unlike;
}

function refusalsOf(code: Refusal, { event }: Frame): string[] {
  const id = `"requestId":${JSON.stringify(event["requestId"])}`;
  return [refusals[code]].flat().map((message) => {
    const error = `{"code":"${code}","message":"${message}"}`;
    return `{"type":"error",${id},"error":${error},"data":{${id},"error":${error}},"timestamp":1}`;
  });
}

/** A frame without what is new each time. */
function anonymised({ text }: Frame): string {
  return text
    .replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "<id>")
    .replaceAll(/"sessionToken":"[^"]+"/g, '"sessionToken":"<new>"')
    .replaceAll(/"expiresAt":\d+/g, '"expiresAt":1');
}
