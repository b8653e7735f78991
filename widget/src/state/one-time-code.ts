import type { Client } from "../client/client.js";
import { reasonOf } from "../client/request-error.js";
import type { ConversationInput } from "./conversation-input.js";
import type { Conversation, ConversationState, OtpState } from "./conversation-state.js";
import { visitorEntry } from "./transcript.js";

export interface OneTimeCodeOptions {
  client: Client;
  state(): ConversationState;
  dispatch(input: ConversationInput): void;
  send(text: string): void;
}

/** What a visitor may do about the one-time code that is asked for. */
export function createOneTimeCode({
  client,
  state,
  dispatch,
  send,
}: OneTimeCodeOptions): Pick<Conversation, "verifyOtp" | "requestOtp" | "dismissOtp"> {
  return {
    verifyOtp(code) {
      const typed = code.trim();
      if (typed === "") return;
      begin({ type: "otp-verifying" }, async ({ turnId }) => {
        const { verified } = await client.verifyOtp(typed);
        if (verified) sendAgain(turnId);
      });
    },
    requestOtp(channel) {
      begin({ type: "otp-requested", channel }, () => client.requestOtp(channel));
    },
    dismissOtp: () => dispatch({ type: "otp-dismissed" }),
  };

  function begin(input: ConversationInput, act: (otp: OtpState) => Promise<unknown>): void {
    const { otp } = state();
    dispatch(input);
    // There is no code, or it is not the time for this.
    if (!otp || state().otp === otp) return;
    const { status } = otp;
    act(otp).catch((error: unknown) => {
      dispatch({ type: "otp-undone", status, error: reasonOf(error), at: Date.now() });
    });
  }

  /** The visitor need not type again what the tool was refused for. */
  function sendAgain(turnId: string): void {
    const { otp, transcript } = state();
    // It was dismissed meanwhile, or the visitor went on with something else.
    if (otp?.turnId !== turnId || otp.status !== "verified") return;
    const message = visitorEntry(transcript, turnId);
    if (message) send(message.text);
    else dispatch({ type: "otp-dismissed" });
  }
}
