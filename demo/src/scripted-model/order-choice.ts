import type { OrderFacts } from "../agent/order-facts.js";
import type { Wish } from "./wish.js";

type Item = OrderFacts["items"][number];

/** An order that a wish is about, and the item of it and how many, when the wish names one. */
export interface Target {
  order: OrderFacts;
  item?: Item;
  quantity?: number;
}

/** The orders a wish names by number or by product; empty when its words fit none. */
export function namedTargets(wish: Wish, orders: readonly OrderFacts[]): Target[] {
  if (wish.orderIds.length > 0) {
    const numbered = orders.filter((order) => wish.orderIds.includes(order.orderId));
    return numbered.map((order) => ({ order, ...bestItem(wish, [order])[0] }));
  }
  const matches = bestItem(wish, orders);
  if (matches.length > 0) return matches;
  const context = orders.find((order) => order.orderId === wish.contextOrder);
  return context ? [{ order: context }] : [];
}

type ItemMatch = Required<Target>;

/** The items whose names share the most words with the wish, one at most for each order. */
function bestItem(wish: Wish, orders: readonly OrderFacts[]): ItemMatch[] {
  let best = 1;
  let matches: ItemMatch[] = [];
  for (const order of orders) {
    for (const item of order.items) {
      const score = sharedWords(wish, item);
      if (score < best) continue;
      if (score > best) matches = [];
      best = score;
      if (matches.some((match) => match.order === order)) continue;
      matches.push({ order, item, quantity: wantsOne(wish, item) ? 1 : item.quantity });
    }
  }
  return matches;
}

function sharedWords(wish: Wish, item: Item): number {
  const words = wordsOf(item.name);
  return subjectsOf(wish).filter((subject) => {
    const name = singular(subject);
    return words.includes(name) || words.includes(alike[name] ?? name);
  }).length;
}

function subjectsOf({ subjects }: Wish): string[] {
  const pairs = subjects.slice(1).map((word, index) => `${subjects[index]}${word}`);
  return [...subjects, ...pairs];
}

/** "the bowl" and "one of the bowls" are one of two; "the bowls" are both. */
function wantsOne(wish: Wish, item: Item): boolean {
  if (/\b(?:both|all|two)\b/.test(wish.text)) return false;
  if (/\bone\b/.test(wish.text)) return true;
  const words = wordsOf(item.name);
  return !wish.subjects.some((word) => word !== singular(word) && words.includes(singular(word)));
}

function wordsOf(name: string): string[] {
  return (name.toLowerCase().match(/[a-z-]+/g) ?? []).map(singular);
}

function singular(word: string): string {
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

/** Names people use for one another. */
const alike: Record<string, string> = {
  cup: "mug",
  mug: "cup",
  kettle: "teapot",
  pot: "teapot",
  cloth: "towel",
};
