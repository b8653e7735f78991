import type { OrderFacts } from "../agent/order-facts.js";
import { formatCents } from "../money.js";
import { chooseRemedy } from "./remedy.js";
import { pieceName } from "../piece-name.js";
import { chooseOrder } from "./order-question.js";
import { namedTargets, type Target } from "./order-choice.js";
import { day, describeOrders, itemNames, refundStatus } from "./order-words.js";
import { say, suggesting, use, type Reply } from "./reply-shape.js";
import { readObject, type ToolOutcome } from "./transcript.js";
import type { Wish } from "./wish.js";

/**
 * The step after `lookup_order`: act on what it found, or say it.
 *
 * @param rules what the shop's rules say of it, where they were looked up
 */
export function afterLookup(wish: Wish, outcome: ToolOutcome, rules?: ToolOutcome): Reply {
  const orders = readObject(outcome.result)?.["orders"] as OrderFacts[] | undefined;
  if (!orders) return say(`I could not find that. ${outcome.result}`);
  if (orders.length === 0) return say("There is no order on your account yet.");
  switch (wish.topic) {
    case "cancel":
      return each(wish, orders, (order) => order.canBeCancelled, cancel);
    case "unwanted":
      return each(wish, orders, isOpenToRefund, (target) =>
        target.order.canBeCancelled ? cancel(target) : refund(target, wish),
      );
    case "refund":
      return each(wish, orders, isOpenToRefund, (target) => refund(target, wish));
    case "complaint":
      return each(wish, orders, isOpenToRefund, (target) => remedy(target, rules));
    case "refund-status":
      return say(refundStatus(chosenOrders(wish, orders)));
    default:
      return describe(wish, chosenOrders(wish, orders));
  }
}

/** Says where orders are, and shows the visitor the one they want to see on the page. */
function describe(wish: Wish, orders: OrderFacts[]): Reply {
  const words = say(describeOrders(wish, orders));
  const [only] = orders;
  if (orders.length > 1) return suggesting(words, nextWishes(orders));
  if (!only || !/\b(?:show|highlight|point)\b/.test(wish.text)) return words;
  return { ...use("client_show_order", { orderId: only.orderId }), otherwise: words };
}

/** What the customer of these orders may want, each about an order that it can be done with. */
function nextWishes(orders: OrderFacts[]): string[] {
  const first = (is: (order: OrderFacts) => boolean) => orders.find(is);
  const delivered = first(
    ({ status, refundableCents: left }) => status === "delivered" && left > 0,
  );
  const shipped = first(({ status }) => status === "shipped");
  const waiting = first(({ canBeCancelled }) => canBeCancelled);
  const [item] = delivered?.items ?? [];
  return [
    ...(delivered && item
      ? [`The ${pieceName(item.name)} of #${delivered.orderId} arrived broken`]
      : []),
    ...(shipped ? [`Show me #${shipped.orderId}`] : []),
    ...(waiting ? [`Cancel #${waiting.orderId}`] : []),
  ];
}

function chosenOrders(wish: Wish, orders: OrderFacts[]): OrderFacts[] {
  const named = namedTargets({ ...wish, contextOrder: undefined }, orders);
  return named.length > 0 ? named.map((target) => target.order) : orders;
}

/** Acts on every order the wish names, or on the only one it can be about, or asks which. */
function each(
  wish: Wish,
  orders: OrderFacts[],
  possible: (order: OrderFacts) => boolean,
  act: (target: Target) => Reply,
): Reply {
  const named = namedTargets(wish, orders);
  const several = wish.orderIds.length > 1;
  const likely = named.length > 1 && !several ? named.filter((t) => possible(t.order)) : named;
  if (likely.length === 1 || (several && named.length > 0)) return join(likely.map(act));
  const candidates = likely.length > 1 ? likely.map((t) => t.order) : orders.filter(possible);
  const [only] = candidates;
  if (candidates.length === 1 && only) return act({ order: only });
  if (candidates.length > 0) return chooseOrder(candidates);
  return say(
    wish.topic === "cancel"
      ? "None of your orders can be cancelled any more: they have all left our workshop or are cancelled already."
      : "None of your orders has anything left to refund.",
  );
}

function cancel({ order }: Target): Reply {
  const name = `Order #${order.orderId}`;
  if (order.canBeCancelled) return use("cancel_order", { orderId: order.orderId });
  if (order.status === "cancelled") return say(`${name} is already cancelled.`);
  const why =
    order.status === "shipped"
      ? `${name} has already shipped and arrives on ${day(order.arrivesOn)}, so it can no longer be cancelled.`
      : `${name} was delivered on ${day(order.arrivesOn)}, so it can no longer be cancelled.`;
  return say(
    order.refundableCents > 0 ? `${why} ${shallIRefund(order, order.refundableCents)}` : why,
  );
}

function refund(target: Target, wish: Wish): Reply {
  const { order } = target;
  const left = order.refundableCents;
  if (left === 0) {
    const done = order.status === "cancelled" ? "cancelled and refunded" : "refunded";
    return say(`Order #${order.orderId} is already ${done} in full, so nothing is left to refund.`);
  }
  const amountCents = wanted(target, wish);
  if (amountCents > left) {
    const most = order.refundedCents > 0 ? "Only" : "At most";
    return say(
      `${most} ${order.refundable} can be refunded on order #${order.orderId}. ${shallIRefund(order, left)}`,
    );
  }
  const reason = /\b(?:broken?|damaged?|cracked|chipped|smashed)\b/.test(wish.text)
    ? { reason: "It arrived broken." }
    : {};
  return use("issue_refund", { orderId: order.orderId, amount: amountCents / 100, ...reason });
}

function remedy(target: Target, rules: ToolOutcome | undefined): Reply {
  const offer = offerRefund(target);
  if (target.order.refundableCents === 0) return offer;
  return { ...chooseRemedy(target, rules), otherwise: offer };
}

function offerRefund(target: Target): Reply {
  const { order, item } = target;
  if (order.refundableCents === 0) {
    return say(
      `Order #${order.orderId} is already refunded in full, so nothing is left to refund.`,
    );
  }
  const what = item ? item.name : itemNames(order);
  const amount = Math.min(priceOf(target), order.refundableCents);
  return say(
    `That should not have happened. You do not need to send it back (${what}). ${shallIRefund(order, amount)}`,
  );
}

function wanted(target: Target, { amount }: Wish): number {
  if (amount && "cents" in amount) return amount.cents;
  const whole = Math.min(priceOf(target), target.order.refundableCents);
  return amount ? Math.round(whole * amount.share) : whole;
}

function priceOf({ order, item, quantity = 1 }: Target): number {
  return item ? item.unitPriceCents * quantity : order.refundableCents;
}

function shallIRefund(order: OrderFacts, cents: number): string {
  return `Shall I refund ${formatCents(cents)} on order #${order.orderId}?`;
}

function isOpenToRefund(order: OrderFacts): boolean {
  return order.refundableCents > 0;
}

function join(all: Reply[]): Reply {
  // Of two things to choose, neither is asked by a list.
  const [only, ...more] = all;
  if (only && more.length === 0) return only;
  const replies = all.map((each) => each.otherwise ?? each);
  const text = replies.map((reply) => reply.text).filter((words) => words !== "");
  return { text: text.join("\n\n"), calls: replies.flatMap((reply) => reply.calls) };
}
