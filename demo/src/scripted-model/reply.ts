import type { ChatCompletionRequest } from "@copilotkit/aimock";
import { closingWords } from "./closing-words.js";
import { afterLookup } from "./after-lookup.js";
import { chosenOrders } from "./order-question.js";
import { say, use, type Reply } from "./reply-shape.js";
import { smallTalk } from "./small-talk.js";
import { readTranscript, type ToolOutcome } from "./transcript.js";
import { afterForm, askAddress, askContact, needsVisitor } from "./visitor-question.js";
import { readWish, type Wish } from "./wish.js";

/** What the scripted model answers to a chat completion request: words, tool calls, or both. */
export function reply(request: ChatCompletionRequest): Reply {
  const { messages, outcomes } = readTranscript(request.messages);
  const next = nextStep(readWish(messages), outcomes);
  const offered = new Set((request.tools ?? []).map((tool) => tool.function.name));
  if (next.calls.every((call) => offered.has(call.name))) return next;
  return next.otherwise ?? say("I cannot look at orders here: nobody gave me the tools for it.");
}

function nextStep(wish: Wish, outcomes: ToolOutcome[]): Reply {
  const last = outcomes.at(-1);
  if (!last) return firstStep(wish);
  const isGuest = outcomes.some(needsVisitor);
  if (last.name === "request_identity_intake") return afterForm(last, isGuest);
  if (isGuest) return askAddress();
  const writes = outcomes.filter(({ name }) => writing.has(name));
  if (writes.length > 0) return say(closingWords(writes));

  const found = outcomes.findLast(({ name }) => name === "lookup_order") ?? last;
  if (last.name === "request_choices") {
    const chosen = chosenOrders(last);
    if (Array.isArray(chosen)) return afterLookup({ ...wish, orderIds: chosen }, found);
    return chosen ?? inWords(afterLookup(wish, found));
  }
  const next = afterLookup(wish, found);
  return last.name === "client_show_order" ? inWords(next) : next;
}

const writing: ReadonlySet<string> = new Set(["issue_refund", "cancel_order"]);

function inWords(next: Reply): Reply {
  return next.otherwise ?? next;
}

function firstStep(wish: Wish): Reply {
  const [orderId] = wish.orderIds;
  const one = orderId !== undefined && wish.orderIds.length === 1;
  switch (wish.topic) {
    case "refund":
      if (one && wish.amount && "cents" in wish.amount) {
        return use("issue_refund", { orderId, amount: wish.amount.cents / 100 });
      }
      return lookUp(one ? orderId : undefined, "Let me look that up.");
    case "unwanted":
    case "cancel":
      return lookUp(one ? orderId : undefined, "Let me see whether that is still possible.");
    case "complaint":
      return lookUp(one ? orderId : undefined, "Oh no, I am sorry. Let me find that order.");
    case "where":
    case "refund-status":
      return lookUp(one ? orderId : undefined, "One moment, I am checking.");
    case "contact":
      return askContact();
    default:
      return say(smallTalk[wish.topic]);
  }
}

function lookUp(orderId: string | undefined, words: string): Reply {
  return use("lookup_order", orderId === undefined ? {} : { orderId }, words);
}
