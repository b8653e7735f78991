import {
  errorFrame,
  otpSent,
  otpVerificationRequired,
  type ErrorDescriptor,
  type ServerEvent,
} from "@smooth-agent/protocol";
import { faultOf } from "../log/fault.js";
import type { TurnWithSteps } from "../store/records.js";
import type { Tool } from "../tools/toolbox.js";
import { channelsOf, otpContacts, sendCode, type OtpErrand } from "./otp-delivery.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";
import type { TurnEvent } from "./turn-event.js";

/**
 * Asks the visitor of a turn's session for a one-time code, when a tool was refused because nobody knows
 * who they are. Said between the answer and the turn's end; nothing at all when the host knows no contact.
 * What goes wrong here never costs the answer.
 */
export async function* challengeVisitor(
  turn: TurnWithSteps,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const tool = refusedTool(turn, scene);
  if (!ports.otp || !tool) return;
  try {
    yield* askForCode(turn, tool, { ...ports, otp: ports.otp }, signal);
  } catch (error) {
    if (signal.aborted) return;
    ports.log.error({ turnId: turn.id, ...faultOf(error) }, "no code could be asked for");
    yield sendFailed(turn, undefined, ports);
  }
}

/** Whether an event is about a code: it is for whoever holds the turn's session, and for nobody else. */
export function isOtpEvent(event: ServerEvent): boolean {
  switch (event.type) {
    case "otp_verification_required":
    case "otp_sent":
      return true;
    case "error":
      return event.error.code === "OTP_SEND_FAILED";
    default:
      return false;
  }
}

/** What no code could be sent looks like, whatever came between. */
export function otpSendFailed(retryAfterMs?: number): ErrorDescriptor {
  const failure = { code: "OTP_SEND_FAILED", message: "No code could be sent." } as const;
  return retryAfterMs === undefined ? failure : { ...failure, retryable: true, retryAfterMs };
}

async function* askForCode(
  turn: TurnWithSteps,
  { definition: { name }, title, authLevel }: Tool,
  ports: TurnPorts & { otp: OtpErrand["desk"] },
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const { store, otp: desk, now } = ports;
  // Read anew: what the visitor said of themselves may have come in this very turn.
  const session = await store.session(turn.sessionId);
  if (!session) return;
  const errand = { desk, session, tool: { name, title }, until: desk.deadline(), signal };
  const contacts = await otpContacts(errand);
  const before = await store.otpChallenge(session.id);
  const contact = contacts.find(({ channel }) => channel === before?.channel) ?? contacts[0];
  if (!contact || signal.aborted) return;
  const availableChannels = channelsOf(contacts);
  const question = { toolId: name, actionDescription: title, availableChannels, authLevel };
  yield otpVerificationRequired(turn.requestId, question, now());
  const dispatch = await sendCode(errand, contact, ports);
  switch (dispatch.outcome) {
    case "sent":
      yield otpSent(turn.requestId, dispatch.delivery, now());
      return;
    case "early":
      yield dispatch.live
        ? otpSent(turn.requestId, dispatch.live, now())
        : sendFailed(turn, dispatch.retryAfterMs, ports);
      return;
    case "failed":
      yield sendFailed(turn, dispatch.retryAfterMs, ports);
      return;
    case "ended":
      yield sendFailed(turn, undefined, ports);
  }
}

/** The last tool that was refused in a turn because nobody knows who its visitor is. */
function refusedTool(turn: TurnWithSteps, scene: Scene): Tool | undefined {
  if (scene.userId() !== null) return undefined;
  // Asked before anything else of a call: whatever failed here failed for that.
  return turn.steps
    .flatMap(({ toolCalls }) => toolCalls)
    .filter(({ state }) => state === "failed")
    .map(({ name }) => scene.tools.get(name))
    .findLast((tool) => tool?.authLevel === "end_user" && !tool.definition.stepUp);
}

function sendFailed(
  { requestId }: TurnWithSteps,
  retryAfterMs: number | undefined,
  { now }: TurnPorts,
): TurnEvent {
  return errorFrame(requestId, otpSendFailed(retryAfterMs), now());
}
