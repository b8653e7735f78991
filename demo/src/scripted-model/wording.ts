import { readAmount, type Amount } from "./amount.js";
import { normalise } from "./spelling.js";
import { readTopic, type Topic } from "./topic.js";

/** What one message of the visitor asks for, as far as its own words say. */
export interface VisitorRequest {
  /** The message as it is read: lower case, near misses put right. */
  text: string;
  topic: Topic;
  orderIds: string[];
  amount: Amount | undefined;
  /** The words that may name a product, e.g. ["mug"]. */
  subjects: string[];
}

/** Reads a message: its topic, the orders and the sum it names, and what else it is about. */
export function readRequest(message: string): VisitorRequest {
  const text = normalise(message);
  const orderIds = readOrderIds(text);
  const withoutOrders = orderIds.reduce((left, id) => left.replaceAll(id, "#"), text);
  const amount = readAmount(withoutOrders);
  const subjects = readSubjects(withoutOrders);
  const topic = readTopic(text, { orders: orderIds.length, amount: amount !== undefined });
  return { text, topic, orderIds, amount, subjects };
}

/** "#12", "order 12", and any plain number of four to eight digits that is no sum of money. */
function readOrderIds(text: string): string[] {
  const ids = new Set<string>();
  for (const match of text.matchAll(
    /(?:#|\borders? ?(?:number|num|nr|no|id)?\.?:? ?#?)(\d{1,12})\b/g,
  )) {
    if (match[1]) ids.add(match[1]);
  }
  for (const match of text.matchAll(
    /(?<![\d$.,#]|\$ )\b(\d{4,8})\b(?! ?(?:\$(?!\d)|dollar|buck|usd)|[.,]\d)/g,
  )) {
    if (match[1]) ids.add(match[1]);
  }
  return [...ids];
}

function readSubjects(text: string): string[] {
  const words = text.match(/[a-z][a-z'-]+/g) ?? [];
  return words.filter((word) => word.length > 2 && !plain.has(word));
}

/** Words that say nothing about which product is meant. */
const plain: ReadonlySet<string> = new Set(
  `about again all also amount and any anymore are arrive arrived arrives arriving ask away back been
  both bought broken bucks but can cancel cancelled canceled cancellation cancelling changed charge
  chipped come coming could cracked damaged day days defective deliver delivered delivery did didn't
  does doesn't dollars don't done eta every everything faulty find for from full get getting give got
  had half has hasn't have haven't hello help here hey hi how i'd i'll i'm i've isn't it's item items
  just keep know last latest late left like long look make may maybe mind mine minute money more much
  my need never nice not now number off one ones only onto order ordered orders other our out
  package packages paid parcel parcels pay payment place placed please policy price product products
  purchase put quick quickly received recent refund refunded refunding refunds reimburse
  reimbursed reimbursement return returned returning returns right see send sent ship shipment shipped
  shipping should shop show smashed some something soon status still stop stuff sure take tell thank
  thanks that that's the them then there these they thing things this those today too track tracking
  two until update usd use via wait want wanted was way we were what what's when where where's which
  why will with won't would wrong yes yet you your`.split(/\s+/),
);
