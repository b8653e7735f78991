import { createHash, randomUUID } from "node:crypto";
import type { ToolCallState } from "@smooth-agent/protocol";
import { ConflictError } from "./storage-error.js";
import type {
  PastEntry,
  PastMessage,
  SessionRecord,
  ToolCallRecord,
  TurnRecord,
  TurnWithSteps,
} from "./records.js";
import type { MessageQuery, NewSession, NewStep, Store, TurnEnd, Verdict } from "./store.js";

/** The process that runs the turns of these tests, unless a test says otherwise. */
export const OWNER = "process-a";
export const T0 = new Date("2030-01-01T00:00:00.000Z");

export function at(seconds: number): Date {
  return new Date(T0.getTime() + seconds * 1_000);
}

export function newSession(over: Partial<NewSession> = {}): NewSession {
  return {
    organizationId: "org",
    agentId: "shop",
    agentName: "Shop",
    userId: null,
    userName: "Visitor",
    userEmail: null,
    role: null,
    supports: undefined,
    metadata: undefined,
    conversationId: undefined,
    ...over,
  };
}

/** What an anonymous visitor of no page is recorded with. */
export const NOWHERE = { sessionId: null, userId: null, origin: null };

/** The newest messages of a conversation. */
export async function messagesOf(
  store: Store,
  conversationId: string,
  over: Partial<MessageQuery> = {},
): Promise<PastMessage[]> {
  const page = await store.messages({ conversationId, limit: 100, all: false, ...over });
  if (!page) throw new Error("the cursor is unknown");
  return page.messages;
}

export interface Begun {
  session: SessionRecord;
  turn: TurnRecord;
}

/** A session, a new one unless it is given, with a turn that runs. */
export async function beginTurn(
  store: Store,
  given?: SessionRecord,
  over: { requestId?: string; text?: string; owner?: string } = {},
): Promise<Begun> {
  const session = given ?? (await store.createSession(newSession()));
  const { requestId = randomUUID(), text = "hello", owner = OWNER } = over;
  const begun = await store.beginTurn({ ...idsOf(session), requestId, text, model: "m", owner });
  if (begun.outcome !== "started") throw new Error(`the turn was ${begun.outcome}`);
  return { session, turn: begun.turn };
}

export function idsOf(session: SessionRecord): { conversationId: string; sessionId: string } {
  return { conversationId: session.conversationId, sessionId: session.id };
}

export function newStep(index: number, calls = 0, over: Partial<NewStep> = {}): NewStep {
  return {
    index,
    text: `step ${index}`,
    reasoning: "",
    finishReason: calls > 0 ? "tool_calls" : "stop",
    usage: undefined,
    toolCalls: Array.from({ length: calls }, (_, position) => newCall(position)),
    ...over,
  };
}

export function newCall(index: number, args = `{"n":${index}}`): NewStep["toolCalls"][number] {
  const digest = createHash("sha256").update(args).digest("hex");
  return {
    id: randomUUID(),
    index,
    providerId: `call_${index}`,
    name: "look",
    title: null,
    arguments: args,
    digest,
  };
}

export function verdict(
  conversationId: string,
  call: Pick<ToolCallRecord, "id" | "digest">,
  over: Partial<Verdict> = {},
): Verdict {
  return {
    conversationId,
    toolCallId: call.id,
    digest: call.digest,
    approved: true,
    by: "visitor",
    source: NOWHERE,
    reason: undefined,
    now: at(0),
    owner: OWNER,
    ...over,
  };
}

export function question(toolCallId: string, expiresAt = at(60)) {
  return { toolCallId, confirmation: '{"title":"May I?"}', expiresAt };
}

/** What is told of a call that the end of its turn left open. */
export const NOT_RUN = "not run";
export const UNANSWERED = "not answered";

export function turnEnd(turnId: string, over: Partial<TurnEnd> = {}): TurnEnd {
  return {
    turnId,
    owner: OWNER,
    state: "completed",
    terminal: '{"end":1}',
    notRun: NOT_RUN,
    unanswered: UNANSWERED,
    ...over,
  };
}

/** The turn of what lies behind; none of a message. */
export function turnOf(entry: PastEntry): TurnWithSteps[] {
  return entry.type === "turn" ? [entry.turn] : [];
}

export interface CallCase extends Begun {
  call: ToolCallRecord;
}

/** A turn whose one tool call was brought to `state` by the way that leads there. */
export async function callIn(store: Store, state: ToolCallState): Promise<CallCase> {
  const { session, turn } = await beginTurn(store);
  const step = newStep(0, 1);
  await store.addStep(turn.id, OWNER, step);
  const [call] = step.toolCalls;
  if (!call) throw new Error("the step has no call");
  const { conversationId } = session;
  const park = () => store.parkTurn(turn.id, OWNER, question(call.id));
  const finish = (to: ToolCallState) =>
    store.finishToolCall(turn.id, OWNER, call.id, {
      from: "executing",
      state: to,
      result: "r",
      isError: false,
    });
  switch (state) {
    case "proposed":
      break;
    case "awaiting":
      await park();
      break;
    case "approved":
    case "denied":
      await park();
      await store.decide(verdict(conversationId, call, { approved: state === "approved" }));
      break;
    case "expired":
      await park();
      await store.expire(turn.id, at(60), { owner: OWNER });
      break;
    case "executing":
      await store.startToolCall(turn.id, OWNER, call.id);
      break;
    default:
      await store.startToolCall(turn.id, OWNER, call.id);
      await finish(state);
  }
  const loaded = await loadedTurn(store, turn.id);
  return { session, turn: loaded, call: onlyCall(loaded) };
}

export async function loadedTurn(store: Store, turnId: string): Promise<TurnWithSteps> {
  const turn = await store.turn(turnId);
  if (!turn) throw new Error("the turn is gone");
  return turn;
}

export function onlyCall(turn: TurnWithSteps): ToolCallRecord {
  const [call] = turn.steps.flatMap(({ toolCalls }) => toolCalls);
  if (!call) throw new Error("the turn has no call");
  return call;
}

/** Waits until the next millisecond, the finest time that the database tells apart. */
export async function tick(): Promise<void> {
  const now = Date.now();
  while (Date.now() <= now) await new Promise((resolve) => setImmediate(resolve));
}

/** Whether a change went through: `ok`, its falsy answer, or `conflict` when it was refused so. */
export async function outcomeOf<Result>(change: Promise<Result>): Promise<Result | "conflict"> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof ConflictError) return "conflict";
    throw error;
  }
}
