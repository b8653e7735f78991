import {
  grantsChanged,
  interactionInvalid,
  interactionRequired,
  interactionResolved,
  otpInvalid,
  otpSent,
  otpVerificationRequired,
  otpVerified,
  streamToolCall,
  type Action,
  type ActiveTurn,
  type Confirmation,
  type ErrorCode,
  type FieldError,
  type Grant,
  type Interaction,
  type OtpFailure,
  type ServerEvent,
} from "@smooth-agent/protocol";
import type { Peer } from "./model-server.fixture.js";

/** What a model server asks besides the verdict on a call: forms, one-time codes, what is granted. */
export interface ModelAsking {
  grants: Grant[];
  /** What is wrong with an answer to a form; nothing by default. */
  judge: (values: Record<string, unknown>) => FieldError[];
  askForm(interactionId: string): void;
  /** A tool was refused for lack of a code; `delivered` false: it could not be sent. */
  askCode(): void;
  sendCode(): void;
}

interface Surroundings {
  running(): ActiveTurn;
  tell(event: ServerEvent, but?: Peer): void;
  now(): number;
}

/** What is right to be typed. */
export const CODE = "123456";

export const form = (interactionId: string): Interaction => ({
  interactionId,
  kind: "identity_intake",
  spec: { fields: [{ key: "email", required: true }] },
  reason: "to find your order",
});

export const grant = (grantId: string): Grant => ({
  grantId,
  toolName: "issue_refund",
  title: "Refund",
  summary: "Refund $20.00 on order 1234",
  grantedAt: 1,
});

/** The question as it is after these arguments were put in its place. */
export function edited(asked: Confirmation, given: Record<string, unknown>): Confirmation {
  const fields = asked.fields.map((field) => ({ ...field, value: String(given.amount) }));
  return { ...asked, fields, arguments: given };
}

export function createModelAsking({ running, tell, now }: Surroundings) {
  let left = 3;
  const asking: ModelAsking = {
    grants: [],
    judge: () => [],
    askForm(interactionId) {
      const turn = running();
      const pending = form(interactionId);
      const call = { toolCallId: interactionId, name: "request_identity_intake", arguments: {} };
      turn.status = "parked";
      turn.pending = pending;
      turn.items.push({ type: "tool", ...call, status: "awaiting" });
      tell(interactionRequired(turn.requestId, pending, now()));
      tell(streamToolCall(turn.requestId, call, now()));
    },
    askCode() {
      const { requestId } = running();
      const asked = { toolId: "issue_refund", actionDescription: "Refund $20.00" };
      const how = { availableChannels: ["email", "sms"], authLevel: "end_user" };
      tell(otpVerificationRequired(requestId, { ...asked, ...how }, now()));
    },
    sendCode: () => tell(otpSent(running().requestId, delivery("email"), now())),
  };

  return { asking, act };

  function act(
    action: AskedAction,
    peer: Peer,
    answer: (message: string, data: Record<string, unknown>) => void,
    refuse: (code: ErrorCode) => void,
  ): void {
    switch (action.action) {
      case "submit_interaction":
        return submit(action, peer, answer, refuse);
      case "request_otp":
        left = 3;
        return peer.send(otpSent(action.requestId, delivery(action.channel ?? "email"), now()));
      case "verify_otp":
        return peer.send(
          action.code === CODE
            ? otpVerified(action.requestId, { message: "Verified." }, now())
            : otpInvalid(action.requestId, wrong(), now()),
        );
      case "revoke_grant":
        asking.grants = asking.grants.filter(({ grantId }) => grantId !== action.grantId);
        answer("Grant revoked", { sessionId: action.sessionId, grantId: action.grantId });
        tell(grantsChanged(asking.grants, now()), peer);
    }
  }

  function submit(
    { requestId, sessionId, interactionId, values, declined }: Submission,
    peer: Peer,
    answer: (message: string, data: Record<string, unknown>) => void,
    refuse: (code: ErrorCode) => void,
  ): void {
    const turn = running();
    const { pending } = turn;
    if (!pending || !("interactionId" in pending) || pending.interactionId !== interactionId) {
      return refuse("NO_PENDING_INTERACTION");
    }
    const { kind } = pending;
    const errors = declined ? [] : asking.judge(values ?? {});
    if (errors.length > 0) {
      const message = "Some fields need attention.";
      return peer.send(
        interactionInvalid(requestId, { interactionId, kind, errors, message }, now()),
      );
    }
    delete turn.pending;
    turn.status = "running";
    turn.items = turn.items.map((item) =>
      item.type === "tool" && item.toolCallId === interactionId
        ? { ...item, status: "executing", interaction: pending }
        : item,
    );
    if (declined) answer("Interaction declined", { sessionId, interactionId, declined });
    else
      answer("Interaction submitted", {
        sessionId,
        interactionId,
        kind,
        values: canonical(values),
      });
    const status = declined ? "declined" : "submitted";
    tell(interactionResolved({ requestId: turn.requestId, interactionId, status }, now()), peer);
  }

  function wrong(): OtpFailure {
    left = Math.max(0, left - 1);
    const error = left > 0 ? "INVALID_CODE" : "MAX_ATTEMPTS";
    return { error, attemptsRemaining: left, message: "That is not the code." };
  }
}

type AskedAction = Extract<
  Action,
  { action: "submit_interaction" | "verify_otp" | "request_otp" | "revoke_grant" }
>;

type Submission = Extract<Action, { action: "submit_interaction" }>;

const delivery = (channel: string) => ({
  channel,
  maskedDestination: "j***@example.com",
  resendAt: 5,
  attemptsRemaining: 3,
});

/** As a server understands what was typed. */
function canonical(values: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, String(value).trim().toLowerCase()]),
  );
}
