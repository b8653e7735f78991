import { formatCents } from "../money.js";
import { readObject, type ToolOutcome } from "./transcript.js";

/** What the model says after tools that write: what really happened, one paragraph each. */
export function closingWords(writes: readonly ToolOutcome[]): string {
  return writes.map(closing).join("\n\n");
}

function closing(outcome: ToolOutcome): string {
  const result = readObject(outcome.result);
  const order = `order #${String(outcome.arguments["orderId"])}`;
  if (result?.["status"] === "refunded") {
    const how = outcome.corrected ? ", as you corrected it," : "";
    return `Done: **${String(result["refunded"])}** on ${order}${how} is on its way back to ${payment(result)}. It arrives within 3 to 5 business days, and your order page shows it already.`;
  }
  if (result?.["status"] === "cancelled") {
    const refunded = String(result["refunded"]);
    const money =
      refunded === formatCents(0) ? "" : ` **${refunded}** goes back to ${payment(result)}.`;
    return `Done: ${order} is cancelled.${money}`;
  }
  const what = outcome.name === "cancel_order" ? `cancel ${order}` : `refund ${order}`;
  const said = outcome.result;
  if (/\bvisitor did not answer\b|\bexpired\b/i.test(said)) {
    return `You did not answer in time, so I did not ${what}. Nothing was changed. Tell me when you want to try again.`;
  }
  if (/\b(?:declined|denied|rejected)\b/i.test(said)) {
    const reason = /The visitor's reason: (".*")\./.exec(said)?.[1];
    const heard = reason === undefined ? "" : ` You said: ${reason}.`;
    return `All right, I did not ${what}.${heard} Nothing was changed.`;
  }
  if (/\b(?:outcome is unknown|tool failed|did not answer in time)\b/i.test(said)) {
    return `I could not find out whether it worked to ${what}. Please look at your order page before you try again.`;
  }
  const unchanged = /nothing was changed/i.test(said) ? "" : " Nothing was changed.";
  return `I could not ${what}: ${said}${unchanged}`;
}

function payment(result: Record<string, unknown>): string {
  const order = result["order"] as { paidWith?: string } | undefined;
  return order?.paidWith ? `your ${order.paidWith}` : "your payment method";
}
