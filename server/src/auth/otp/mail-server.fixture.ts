import { json } from "node:stream/consumers";
import { answers, httpServer, type HttpServer } from "../http-server.fixture.js";
import type { OtpContact, OtpMessage, OtpQuery, OtpService } from "./otp-service.js";

/** A host's real mail server, and the service that hands codes to it. */
export interface MailServer {
  /** How it answers what has arrived, from here on. */
  answer: HttpServer["answer"];
  /** What arrived, oldest first. */
  mails: (OtpMessage & { expiresAt: unknown })[];
  /** What the host was asked about contacts. */
  queries: OtpQuery[];
  /** Whom the host knows, by the e-mail they may have typed. */
  users: Map<string, readonly OtpContact[]>;
  otp: OtpService;
  /** The code that was sent last. */
  code(): string;
  /** Another code than the one that was sent last. */
  wrongCode(): string;
}

export const JANE: readonly OtpContact[] = [
  { channel: "email", destination: "jane@example.com", userId: "user-jane" },
  { channel: "sms", destination: "+15551234567", userId: "user-jane" },
];

export async function mailServer(): Promise<MailServer> {
  const mails: MailServer["mails"] = [];
  const queries: OtpQuery[] = [];
  const users = new Map([["jane@example.com", JANE]]);
  const host = await httpServer(async (response, request) => {
    mails.push((await json(request)) as MailServer["mails"][number]);
    await mail.answer(response, request);
  });
  const last = () => {
    const mail = mails.at(-1);
    if (!mail) throw new Error("no code was sent");
    return mail.code;
  };
  const otp: OtpService = {
    contacts(query) {
      queries.push(query);
      return users.get(query.visitor.email ?? "") ?? [];
    },
    async send(message, { signal }) {
      const body = JSON.stringify(message);
      const sent = await fetch(host.url, { method: "POST", body, signal });
      // A library's message that says too much.
      if (!sent.ok) throw new Error(`${sent.status} for ${body}`);
    },
  };
  const wrongCode = () => (last() === "000000" ? "000001" : "000000");
  const mail: MailServer = {
    ...{ answer: answers({}), mails, queries, users },
    ...{ otp, code: last, wrongCode },
  };
  return mail;
}
