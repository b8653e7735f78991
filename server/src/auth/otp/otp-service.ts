/** A host's own way to reach its users: it says where, and carries the code there. */
export interface OtpService {
  /**
   * Where a visitor can be sent a code, the preferred first; empty for somebody the host does not know.
   * A contact counts only because the host returns it: for each, the host vouches whose it is.
   */
  contacts(
    query: OtpQuery,
    options: { signal: AbortSignal },
  ): readonly OtpContact[] | Promise<readonly OtpContact[]>;
  /** Sends a code; what it throws, or takes too long for, is told as OTP_SEND_FAILED. */
  send(message: OtpMessage, options: { signal: AbortSignal }): void | Promise<void>;
}

/** Who is to prove who they are, and what for. */
export interface OtpQuery {
  organization: { id: string };
  agent: { id: string; name: string };
  conversation: { id: string };
  session: { id: string };
  /** What the page or the visitor said: nobody vouched for any of it. */
  visitor: { name?: string; email?: string; phone?: string };
  /** The tool that needs to know. */
  tool: { name: string; title: string };
}

/** Somewhere a user of the host can be reached. */
export interface OtpContact {
  /** `email`, `sms`, or another of the host's: what the visitor chooses by. */
  channel: string;
  destination: string;
  /** Whose it is: whoever has the code counts as this user. */
  userId: string;
  /** What the visitor is shown of it; made from the destination when absent. */
  maskedDestination?: string;
}

export interface OtpMessage {
  channel: string;
  destination: string;
  /** Six digits. */
  code: string;
  expiresAt: Date;
  organization: { id: string };
  agent: { id: string; name: string };
  conversation: { id: string };
}
