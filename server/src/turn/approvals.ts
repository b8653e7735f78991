import { confirmationResolved, grantsChanged, type Confirmation } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import type { GrantRecord, ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { VerdictSource } from "../store/store.js";
import { editedCall, type EditedCall } from "./call-edit.js";
import { wireGrants } from "./grant.js";
import type { TurnPorts } from "./ports.js";
import { tellEnded, type NoticePorts } from "./question-notice.js";
import { storable } from "./stored-text.js";
import { storedConfirmation } from "./tool-call.js";
import type { TurnRunner } from "./turn-runner.js";

/** What somebody says of the call that a conversation waits on. */
export interface CallVerdict {
  conversationId: string;
  /** The call that was shown; undefined when none is known to have been. */
  toolCallId: string | undefined;
  approved: boolean;
  by: "visitor" | "team";
  source: VerdictSource;
  reason?: string;
  /** The whole object as it is to run; what was shown when absent. */
  arguments?: Record<string, unknown>;
  /** Not to be asked again for this here. */
  remember?: boolean;
  /**
   * Whether the host vouches anew for the visitor, by a word minted at or after `since` (Unix
   * milliseconds). Asked last, where the question needs it; without it nobody is vouched for.
   */
  vouched?(since: number): Promise<boolean>;
}

/** A verdict that was stored; the turn is this process's and goes on once {@link goOn} is called. */
export interface DecidedCall {
  conversationId: string;
  turnId: string;
  requestId: string;
  toolCallId: string;
  approved: boolean;
  by: CallVerdict["by"];
  hasReason: boolean;
  /** What was approved, when it was changed before. */
  confirmation?: Confirmation;
  /** All that need not be asked again, when this added to it. */
  grants?: GrantRecord[];
}

/** Why a verdict changed nothing: there is no such question, or it is another one, or what it says. */
export type RefusedVerdict =
  | { refused: "none" | "mismatch" | "unvouched" }
  | { refused: "invalid"; problem: string };

/**
 * Binds a verdict to the one tool call that was shown. One that is late, repeated or foreign, or that is
 * not for whoever gives it, changes nothing and looks like none was asked.
 *
 * @returns what was decided, for {@link goOn} once it was answered; or why nothing was changed
 */
export async function decideCall(
  verdict: CallVerdict,
  ports: TurnPorts,
): Promise<DecidedCall | RefusedVerdict> {
  const { conversationId, approved, by, source, reason } = verdict;
  const { store, now, owner } = ports;
  const waiting = await waitingCall(conversationId, ports);
  if (!waiting) return { refused: "none" };
  const { call, shown } = waiting;
  const { id: toolCallId, digest } = call;
  if (verdict.toolCallId !== toolCallId) return { refused: "mismatch" };
  if (!mayDecide(verdict, shown)) return { refused: "none" };
  const edited = await checkedVerdict(verdict, waiting, ports);
  if (edited && "refused" in edited) return edited;
  if (approved && by === "visitor" && shown.stepUp) {
    const { askedAt } = shown;
    const isVouched = askedAt !== undefined && (await verdict.vouched?.(askedAt));
    if (!isVouched) return { refused: "unvouched" };
  }
  const { title, summary, arguments: args } = edited?.confirmation ?? shown;
  const shownAs = { title: storable(title), summary: storable(summary) };
  const grant = { ...shownAs, arguments: JSON.stringify(args) };
  const decided = await store.decide({
    ...{ conversationId, toolCallId, digest, approved, by, source, reason, owner },
    ...(edited && { edit: edited.edit }),
    ...(approved && verdict.remember && { grant }),
    now: new Date(now()),
  });
  if (!decided) return { refused: "none" };
  const confirmation = edited?.confirmation;
  const hasReason = Boolean(reason);
  const made = { conversationId, toolCallId, approved, by, hasReason, ...decided };
  return confirmation ? { ...made, confirmation } : made;
}

/**
 * Tells the conversation what was decided and goes on with its turn. Called once the verdict was
 * answered, so that the answer goes first.
 *
 * @param cause the connection that decided
 */
export function goOn(
  { conversationId, turnId, requestId, toolCallId, approved, by, hasReason, ...made }: DecidedCall,
  ports: NoticePorts & { backplane: Backplane; turns: TurnRunner },
  cause?: string,
): void {
  const { backplane, turns, now } = ports;
  const { confirmation, grants } = made;
  const resolution = { requestId, toolCallId, approved, by, ...(confirmation && { confirmation }) };
  backplane.publish(conversationId, { event: confirmationResolved(resolution, now()), cause });
  if (grants) {
    backplane.publish(conversationId, { event: grantsChanged(wireGrants(grants), now()), cause });
  }
  tellEnded({ turnId, toolCallId }, { type: "question.answered", approved, by, hasReason }, ports);
  turns.start({ id: turnId });
}

interface WaitingCall {
  turn: TurnWithSteps;
  call: ToolCallRecord;
  shown: Confirmation;
}

/** The call that waits for a verdict, not for a form, and not for longer than it may. */
async function waitingCall(
  conversationId: string,
  { store, now }: TurnPorts,
): Promise<WaitingCall | null> {
  const { active: turn } = await store.currentTurns(conversationId);
  const calls = turn?.steps.flatMap(({ toolCalls }) => toolCalls) ?? [];
  const call = calls.find(({ state }) => state === "awaiting");
  if (!turn || !call || call.interaction !== null) return null;
  if (call.expiresAt === null || call.expiresAt.getTime() <= now()) return null;
  const shown = storedConfirmation(call);
  return shown && { turn, call, shown };
}

/** A visitor may decline what only the team may approve; nobody decides for the visitor. */
function mayDecide({ by, approved }: CallVerdict, { approver }: Confirmation): boolean {
  const isForTeam = approver === "team";
  return by === "team" ? isForTeam : !isForTeam || !approved;
}

async function checkedVerdict(
  { approved, by, remember = false, arguments: wanted }: CallVerdict,
  { turn, call, shown }: WaitingCall,
  ports: TurnPorts,
): Promise<EditedCall | RefusedVerdict | null> {
  if (!approved) return null;
  const isOffered = by === "visitor" && shown.remember === true && shown.risk === "low";
  if (remember && !isOffered) {
    return { refused: "invalid", problem: "remember is not offered for this question." };
  }
  if (wanted === undefined) return null;
  const edited = await editedCall(turn, call, shown, wanted, ports);
  return edited && "problem" in edited ? { refused: "invalid", ...edited } : edited;
}
