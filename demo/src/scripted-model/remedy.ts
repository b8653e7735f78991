import type { PolicyFacts } from "../agent/policy-tool.js";
import { formatCents } from "../money.js";
import { pieceName } from "../piece-name.js";
import type { Target } from "./order-choice.js";
import { readChoice } from "./order-question.js";
import { say, use, type Reply } from "./reply-shape.js";
import { readObject, type ToolOutcome } from "./transcript.js";
import { readRequest } from "./wording.js";

const HEADER = "Remedy";

/** Has the visitor choose what is done about a broken piece, below what the shop's rules say of it. */
export function chooseRemedy({ order, item, quantity = 1 }: Target, rules?: ToolOutcome): Reply {
  const whole = Math.min(
    item ? item.unitPriceCents * quantity : order.refundableCents,
    order.refundableCents,
  );
  const what = item ? pieceName(item.name) : "order";
  const half = Math.round(whole / 2);
  const options = [
    { label: `${formatCents(whole)} back`, description: `To your ${order.paidWith}` },
    { label: `${formatCents(half)} back`, description: `You keep the ${what} for half the price` },
    ...(item && whole < order.refundableCents
      ? [
          {
            label: `${formatCents(order.refundableCents)} back`,
            description: "For the whole order",
          },
        ]
      : []),
  ];
  const question = `What shall we do about the ${what} of #${order.orderId}?`;
  const questions = [{ question, header: HEADER, options }];
  return use("request_choices", { questions }, sorry(order.paidWith, rules));
}

/** Finds out whether a question was about a remedy, and not about which order is meant. */
export function isRemedy({ name, arguments: asked }: ToolOutcome): boolean {
  return name === "request_choices" && questionOf(asked)?.header === HEADER;
}

/** What follows the choice; undefined to ask in words. */
export function afterRemedy(outcome: ToolOutcome): Reply | undefined {
  const chosen = readChoice(outcome);
  if (!Array.isArray(chosen)) return chosen;
  const { amount } = readRequest(chosen.join(" "));
  const [orderId] = readRequest(questionOf(outcome.arguments)?.question ?? "").orderIds;
  if (orderId !== undefined && amount && "cents" in amount) {
    const args = { orderId, amount: amount.cents / 100, reason: "It arrived broken." };
    return use("issue_refund", args, "Then that is how we do it:");
  }
  return say(
    "I cannot do that from here, but the people at **hello@kiln-and-kettle.example** can. Nothing was changed.",
  );
}

/** What the visitor may want next, once it is made good. */
export const afterwards = ["Where is my refund?", "Where are my other orders?", "Thank you, Clay"];

function sorry(paidWith: string, rules: ToolOutcome | undefined): string {
  const words = "That should not have happened, and I am sorry.";
  const facts = readObject(rules?.result ?? "") as PolicyFacts | undefined;
  if (!facts?.howLong) return words;
  return `${words} This is our policy for a piece that **arrives broken**:

| | |
|---|---|
| You may tell us | ${facts.howLong} |
| Send it back? | ${facts.sendBack} |
| You get back | ${facts.choice} |
| The money goes | to your ${paidWith} |
| It takes | 3 to 5 business days |`;
}

function questionOf(
  asked: Record<string, unknown>,
): { question?: string; header?: string } | undefined {
  return (asked["questions"] as { question?: string; header?: string }[] | undefined)?.[0];
}
