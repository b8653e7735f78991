import type { OrderFacts } from "../agent/order-facts.js";
import { askWhich, itemNames } from "./order-words.js";
import { say, use, type Reply } from "./reply-shape.js";
import { readObject, type ToolOutcome } from "./transcript.js";
import { readRequest } from "./wording.js";

/** Has the visitor choose one of these orders, by a list to click where there is one, else in words. */
export function chooseOrder(orders: OrderFacts[]): Reply {
  const inWords = say(askWhich(orders));
  // A question has two to four options.
  if (orders.length < 2 || orders.length > 4) return inWords;
  const options = orders.map((order) => ({
    label: `#${order.orderId}`,
    description: `${itemNames(order)}, ${order.total}`,
  }));
  const questions = [{ question: "Which order is it about?", header: "Order", options }];
  return { ...use("request_choices", { questions }), otherwise: inWords };
}

/** The orders that the visitor chose, or what to say when they chose none; undefined to ask in words. */
export function chosenOrders(outcome: ToolOutcome): string[] | Reply | undefined {
  const chosen = readChoice(outcome);
  if (!Array.isArray(chosen)) return chosen;
  const ids = chosen.flatMap((text) => readRequest(text).orderIds);
  if (ids.length > 0) return ids;
  return say("I did not find out which order you mean. Tell me its number, please.");
}

/** What the visitor chose or wrote, or what to say when they would not; undefined to ask in words. */
export function readChoice(outcome: ToolOutcome): string[] | Reply | undefined {
  const result = readObject(outcome.result);
  if (result?.["mode"] === "conversational") return undefined;
  if (result?.["status"] === "submitted") return readAnswers(result["values"]);
  return say("All right, I leave everything as it is. Nothing was changed.");
}

interface Choice {
  options?: string[];
  other?: string;
}

function readAnswers(values: unknown): string[] {
  const { answers = [] } = (values ?? {}) as { answers?: Choice[] };
  return answers.flatMap(({ options = [], other = "" }) => [...options, other]);
}
