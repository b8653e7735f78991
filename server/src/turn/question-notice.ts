import type { Confirmation } from "@smooth-agent/protocol";
import type { AnsweredNotice, ExpiredNotice, QuestionNotice } from "../notice/notice.js";
import type { Notices } from "../notice/notices.js";
import type { SessionRecord, ToolCallRecord, TurnRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import type { Scene } from "./scene.js";
import { storedConfirmation } from "./tool-call.js";
import { NOT_RUN, UNANSWERED } from "./untold-outcome.js";

export interface NoticePorts {
  notices: Notices;
  store: Store;
  /** Unix milliseconds. */
  now: () => number;
}

/** How a question ended. */
export type QuestionEnd =
  | Pick<AnsweredNotice, "type" | "approved" | "by" | "hasReason">
  | Pick<ExpiredNotice, "type">;

/**
 * Tells the host of a question that was asked just now. Returns at once.
 *
 * @param shown what is asked; `expiresAt` alone for a form
 */
export function tellAsked(
  turn: TurnRecord,
  { session }: Pick<Scene, "session">,
  call: ToolCallRecord,
  shown: Confirmation | { expiresAt: number },
  { notices, now }: Pick<NoticePorts, "notices" | "now">,
): void {
  const at = new Date(now()).toISOString();
  const question = "summary" in shown ? shown : null;
  notices.tell(() => ({
    type: "question.asked",
    at,
    ...placeOf(turn, session, call, question),
    ...(question && { summary: question.summary }),
    expiresAt: new Date(shown.expiresAt).toISOString(),
  }));
}

/** Tells the host how a question ended, approval or form. Returns at once; the store is read for it later. */
export function tellEnded(
  { turnId, toolCallId }: { turnId: string; toolCallId: string },
  end: QuestionEnd,
  { notices, store, now }: NoticePorts,
): void {
  const at = new Date(now()).toISOString();
  notices.tell(() => endNotice(turnId, ({ id }) => id === toolCallId, { ...end, at }, store));
}

/** Tells the host of the question that the end of its turn declined, if there was one. */
export function tellDropped(
  turnId: string,
  by: AnsweredNotice["by"],
  { notices, store, now }: NoticePorts,
): void {
  const at = new Date(now()).toISOString();
  const end = { type: "question.answered", approved: false, by, hasReason: false, at } as const;
  const isDropped = ({ state, result }: ToolCallRecord) =>
    state === "denied" && (result === NOT_RUN || result === UNANSWERED);
  notices.tell(() => endNotice(turnId, isDropped, end, store));
}

async function endNotice(
  turnId: string,
  isMeant: (call: ToolCallRecord) => boolean,
  end: QuestionEnd & { at: string },
  store: Store,
): Promise<QuestionNotice | null> {
  const turn = await store.turn(turnId);
  const call = turn?.steps.flatMap(({ toolCalls }) => toolCalls).find(isMeant);
  const session = turn && (await store.session(turn.sessionId));
  // The conversation was deleted meanwhile.
  if (!call || !session) return null;
  return { ...placeOf(turn, session, call, storedConfirmation(call)), ...end };
}

function placeOf(
  { id: turnId, requestId, conversationId }: TurnRecord,
  { organizationId, agentId, userId }: SessionRecord,
  { id: toolCallId, name: toolName, title, expiresAt }: ToolCallRecord,
  question: Confirmation | null,
) {
  return {
    ...{ organizationId, agentId, conversationId, turnId, requestId, toolCallId, toolName, userId },
    title: question?.title ?? title ?? toolName,
    kind: question ? ("approval" as const) : ("form" as const),
    approver: question?.approver ?? ("visitor" as const),
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}
