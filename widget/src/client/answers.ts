import type {
  ActionInput,
  ActiveTurn,
  Confirmation,
  ErrorDescriptor,
  FieldError,
  Grant,
  Pending,
  ServerEvent,
  ToolItem,
} from "@smooth-agent/protocol";
import { isRecord } from "./guard.js";
import { NO_FORM_PENDING, NO_LONGER_PENDING, UNVOUCHED } from "./own-error.js";
import { idOf, isConfirmation, isGrants, readConfirmation } from "./pending.js";
import { readFormResult } from "./form-result.js";
import { RequestError } from "./request-error.js";
import type { Ask, AskFor } from "./requests.js";
import { newId } from "./runtime.js";
import type { VerdictDetails } from "./verdict-details.js";

/** What came of an answer to a form: accepted, with the values as they were understood, or all that is wrong. */
export type InteractionOutcome =
  /** `values` is absent where only the turn shows that it was accepted. */
  | { status: "submitted"; values?: Record<string, unknown> }
  | { status: "declined" }
  | { status: "invalid"; errors: FieldError[]; message: string };

/** An answer of this client was acked. */
export type AnswerNotice =
  /** `confirmation`: what was approved, when it was changed; `grants`: what need not be asked again now. */
  | {
      type: "decided";
      toolCallId: string;
      approved: boolean;
      reason?: string;
      confirmation?: Confirmation;
      grants?: Grant[];
    }
  /** `values` null: it was declined. */
  | { type: "answered"; interactionId: string; values: Record<string, unknown> | null };

export interface AnswersOptions {
  ask: Ask;
  askFor: AskFor;
  emit(notice: AnswerNotice): void;
  isOnline(): boolean;
  /** Waits until the session is taken up; rejects when it will not be. */
  takenUp(): Promise<ActiveTurn | null | undefined>;
  /** @throws RequestError as lost when there is none now */
  sessionId(): string;
  /** The host's fresh word on who the visitor is. */
  vouch(): Promise<unknown>;
}

/** The visitor's answers to what a parked turn waits on, over all connections. */
export interface Answers {
  confirm(toolCallId: string, approved: boolean, details?: VerdictDetails): Promise<void>;
  submit(
    interactionId: string,
    values: Record<string, unknown> | null,
  ): Promise<InteractionOutcome>;
  /** Notes what is asked now. */
  hear(event: ServerEvent): void;
  note(pending: Pending | undefined): void;
}

export function createAnswers(options: AnswersOptions): Answers {
  const { ask, askFor, emit, isOnline } = options;
  let asked: Pending | undefined;

  return {
    async confirm(toolCallId, approved, { reason, arguments: given, remember } = {}) {
      const isDecided = (item: ToolItem) => item.decision?.approved === approved || undefined;
      await persist(toolCallId, NO_LONGER_PENDING, isDecided, async () => {
        const authContext = approved && needsWord(toolCallId) ? await freshWord() : undefined;
        const verdict: ActionInput = {
          action: "confirm_tool_action",
          requestId: newId(),
          sessionId: options.sessionId(),
          toolCallId,
          approved,
          reason,
          arguments: given,
          remember,
          authContext,
        };
        await ask(verdict, ({ confirmation, grants }) => {
          const told = isConfirmation(confirmation) ? (confirmation as Confirmation) : undefined;
          if (told) readConfirmation(told);
          emit({
            type: "decided",
            toolCallId,
            approved,
            ...(reason !== undefined && { reason }),
            ...(told && { confirmation: told }),
            ...(isGrants(grants) && { grants }),
          });
        });
        return true;
      });
    },

    submit(interactionId, given) {
      const wanted = given ? "submitted" : "declined";
      const isAnswered = (item: ToolItem): InteractionOutcome | undefined => {
        // It goes on, and nobody has said yet with which answer.
        if (item.result === undefined) return item.interaction && { status: wanted };
        const result = readFormResult(item.result);
        if (result?.status !== wanted) return undefined;
        return given ? { status: "submitted", values: result.values } : { status: "declined" };
      };
      return persist(interactionId, NO_FORM_PENDING, isAnswered, async () => {
        const action: ActionInput = {
          action: "submit_interaction",
          requestId: newId(),
          sessionId: options.sessionId(),
          interactionId,
          ...(given ? { values: given } : { declined: true }),
        };
        const event = await askFor(action, FORM_ANSWERS, (heard) => {
          if (heard.type === "interaction_invalid") return;
          emit({ type: "answered", interactionId, values: given && understood(heard.data, given) });
        });
        if (event.type === "interaction_invalid") {
          const { errors, message } = event.data.data;
          return { status: "invalid", errors, message };
        }
        if (!given) return { status: "declined" };
        return { status: "submitted", values: understood(event.data, given) };
      });
    },

    hear(event) {
      if (event.type === "write_confirmation_required" || event.type === "interaction_required") {
        asked = event.data.data;
      }
      if (event.type === "turn_snapshot") note(event.data.pending);
    },

    note,
  };

  function note(pending: Pending | undefined): void {
    asked = pending ?? asked;
  }

  /** Tries until it is answered; after a lost connection only while it is still asked. */
  async function persist<Outcome>(
    id: string,
    gone: ErrorDescriptor,
    outcomeOf: (item: ToolItem) => Outcome | undefined,
    attempt: () => Promise<Outcome>,
  ): Promise<Outcome> {
    for (;;) {
      if (!isOnline()) {
        const turn = await options.takenUp();
        if (idOf(turn?.pending) !== id) {
          // The answer may have arrived, and only its ack been lost.
          const item = turn?.items.find(
            (each): each is ToolItem => each.type === "tool" && each.toolCallId === id,
          );
          const outcome = item && outcomeOf(item);
          if (outcome) return outcome;
          throw new RequestError(gone, "client");
        }
      }
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof RequestError) || error.origin !== "lost") throw error;
      }
    }
  }

  function needsWord(toolCallId: string): boolean {
    return (
      asked !== undefined &&
      "stepUp" in asked &&
      asked.stepUp === true &&
      idOf(asked) === toolCallId
    );
  }

  async function freshWord(): Promise<unknown> {
    try {
      return await options.vouch();
    } catch {
      throw new RequestError(UNVOUCHED, "client");
    }
  }
}

const FORM_ANSWERS = ["immediate_response", "interaction_invalid"] as const;

function understood(
  { values }: Record<string, unknown>,
  given: Record<string, unknown>,
): Record<string, unknown> {
  return isRecord(values) ? values : given;
}
