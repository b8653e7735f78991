/** A mail as the shop sent it. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  sentAt: Date;
}

/** Where the demo's mails end up: nothing leaves this machine. */
export interface Mailbox {
  send(mail: Omit<Mail, "sentAt">): void;
  /** The last 50, newest first. */
  list(): Mail[];
}

/** @param onMail told of each mail that is sent */
export function openMailbox(onMail: (mail: Mail) => void = () => {}): Mailbox {
  let mails: Mail[] = [];
  return {
    send(draft) {
      const mail = { ...draft, sentAt: new Date() };
      mails = [mail, ...mails].slice(0, 50);
      onMail(mail);
    },
    list: () => mails,
  };
}
