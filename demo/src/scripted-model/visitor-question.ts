import { say, use, type Reply } from "./reply-shape.js";
import { readObject, type ToolOutcome } from "./transcript.js";

/** Whether a tool was refused because nobody vouched for the visitor. */
export function needsVisitor({ result }: ToolOutcome): boolean {
  return /\bsigned-in visitor\b/.test(result);
}

/** Asks a guest for the address of their orders, to which a code is sent. */
export function askAddress(): Reply {
  const fields = [{ key: "email", required: true, label: "The e-mail address you ordered with" }];
  const reason = "so that a code can be sent to you";
  return {
    ...use("request_identity_intake", { fields, reason }),
    otherwise: say("I can only look at the orders of customers. Please log in first."),
  };
}

/** Asks how the workshop reaches the visitor. */
export function askContact(): Reply {
  const fields = ["name", "email", "phone"].map((key) => ({ key, required: key === "email" }));
  const reason = "so that our workshop can reach you";
  return {
    ...use("request_identity_intake", { fields, reason }),
    otherwise: say("Write to **hello@kiln-and-kettle.example**, and we note it down."),
  };
}

/** What is said once the form is answered; `isGuest` when it was asked for a code. */
export function afterForm({ result }: ToolOutcome, isGuest: boolean): Reply {
  const answer = readObject(result);
  const { email = "", phone } = (answer?.["values"] ?? {}) as { email?: string; phone?: string };
  if (answer?.["mode"] === "conversational") {
    return say("What is your e-mail address?");
  }
  if (answer?.["status"] !== "submitted") {
    return say("All right. Ask me again whenever you like.");
  }
  if (isGuest) {
    return say(
      "Thank you. If there are orders under that address, a code is on its way to it: enter it here, and I go on by myself.",
    );
  }
  const by = phone === undefined ? `**${email}**` : `**${email}** or **${phone}**`;
  return say(`Thank you. From now on our workshop reaches you at ${by}.`);
}
