import type { ChatCompletionRequest } from "@copilotkit/aimock";
import { closingWords } from "./closing-words.js";
import { afterLookup } from "./after-lookup.js";
import { chosenOrders } from "./order-question.js";
import { afterRemedy, afterwards, isRemedy } from "./remedy.js";
import { say, suggesting, use, type Reply } from "./reply-shape.js";
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
  const isMadeGood = outcomes.some(isRemedy);
  if (writes.length > 0) {
    const words = say(closingWords(writes));
    return isMadeGood ? suggesting(words, afterwards) : words;
  }

  const found = outcomes.findLast(({ name }) => name === "lookup_order") ?? last;
  const rules = outcomes.findLast(({ name }) => name === "lookup_policy");
  if (isRemedy(last)) return afterRemedy(last) ?? inWords(afterLookup(wish, found));
  if (last.name === "request_choices") {
    const chosen = chosenOrders(last);
    if (Array.isArray(chosen)) return afterLookup({ ...wish, orderIds: chosen }, found, rules);
    return chosen ?? inWords(afterLookup(wish, found));
  }
  const next = afterLookup(wish, found, rules);
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
      return findBroken(one ? orderId : undefined);
    case "where":
    case "refund-status":
      return lookUp(one ? orderId : undefined, "One moment, I am checking.");
    case "contact":
      return askContact();
    default:
      return say(smallTalk[wish.topic]);
  }
}

/** What is broken is looked up together with what the shop does about that. */
function findBroken(orderId: string | undefined): Reply {
  const order = lookUp(orderId, "Oh no, I am sorry. Let me find that order.");
  const rules = { name: "lookup_policy", arguments: { about: "broken" } };
  return { ...order, calls: [...order.calls, rules], otherwise: order };
}

function lookUp(orderId: string | undefined, words: string): Reply {
  return use("lookup_order", orderId === undefined ? {} : { orderId }, words);
}
