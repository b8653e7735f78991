import type { ChatMessage } from "@copilotkit/aimock";
import type { Topic } from "./topic.js";
import { readObject, textOf } from "./transcript.js";
import { readRequest, type VisitorRequest } from "./wording.js";

/** What the visitor wants now, with what was said before it filled in. */
export interface Wish extends VisitorRequest {
  /** The one order that the talk was last about, when the wish names none. */
  contextOrder: string | undefined;
}

/** Reads a conversation that ends with the visitor's message. */
export function readWish(messages: readonly ChatMessage[]): Wish {
  let wish: Wish = { ...readRequest(""), contextOrder: undefined };
  let agentText = "";
  let contextOrder: string | undefined;
  for (const message of messages) {
    if (message.role === "user") {
      wish = fillIn(readRequest(textOf(message)), { earlier: wish, agentText, contextOrder });
      contextOrder = only(wish.orderIds) ?? contextOrder;
      agentText = "";
    } else if (message.role === "assistant") {
      agentText = textOf(message) || agentText;
      contextOrder = only(ordersIn(message)) ?? contextOrder;
    }
  }
  return wish;
}

interface Before {
  earlier: Wish;
  /** What the agent said last. */
  agentText: string;
  contextOrder: string | undefined;
}

function fillIn(request: VisitorRequest, before: Before): Wish {
  const { earlier, agentText, contextOrder } = before;
  const asked = agentText.trimEnd().endsWith("?");
  const unnamed = request.orderIds.length === 0;

  const offer = readOffer(agentText);
  if (offer && unnamed && (request.topic === "yes" || request.topic === offer.topic)) {
    return { ...offer, amount: request.amount ?? offer.amount, contextOrder };
  }
  if (request.topic === "no" && asked) return { ...request, topic: "leave-it", contextOrder };

  const answersQuestion =
    asked && (request.topic === "mention" || (request.topic === "unclear" && hasSubject(request)));
  const correctsAmount = request.amount !== undefined && earlier.topic === "refund";
  if (
    actions.has(earlier.topic) &&
    (answersQuestion || (request.topic === "mention" && correctsAmount))
  ) {
    return {
      ...request,
      topic: earlier.topic,
      orderIds:
        unnamed && !hasSubject(request) ? about(earlier.orderIds, contextOrder) : request.orderIds,
      amount: request.amount ?? earlier.amount,
      contextOrder,
    };
  }
  if (request.topic === "mention") {
    return { ...request, topic: unnamed ? "unclear" : "where", contextOrder };
  }
  const pointsBack = request.topic !== "where" || /\b(?:it|that|this)\b/.test(request.text);
  if (actions.has(request.topic) && unnamed && !hasSubject(request) && pointsBack) {
    return { ...request, orderIds: about([], contextOrder), contextOrder };
  }
  return { ...request, contextOrder };
}

/** "Shall I refund $38.00 on order #1234?", read as the request that a "yes" makes of it. */
function readOffer(agentText: string): VisitorRequest | undefined {
  const offer = /Shall I ([^?]+)\?\s*$/.exec(agentText)?.[1];
  return offer === undefined ? undefined : readRequest(offer);
}

const actions: ReadonlySet<Topic> = new Set<Topic>([
  "refund",
  "unwanted",
  "complaint",
  "refund-status",
  "cancel",
  "where",
]);

function ordersIn(message: ChatMessage): string[] {
  const called = (message.tool_calls ?? [])
    .map((call) => readObject(call.function.arguments)?.["orderId"])
    .filter((id) => typeof id === "string");
  if (called.length > 0) return called;
  return Array.from(textOf(message).matchAll(/#(\d{1,12})\b/g), (match) => match[1] ?? "");
}

function only(ids: readonly string[]): string | undefined {
  return new Set(ids).size === 1 ? ids[0] : undefined;
}

function about(ids: string[], contextOrder: string | undefined): string[] {
  if (ids.length > 0 || contextOrder === undefined) return ids;
  return [contextOrder];
}

function hasSubject(request: VisitorRequest): boolean {
  return request.subjects.length > 0;
}
