import type { ChatCompletionRequest } from "@copilotkit/aimock";
import { closingWords } from "./closing-words.js";
import { afterLookup } from "./after-lookup.js";
import { say, use, type Reply } from "./reply-shape.js";
import { smallTalk } from "./small-talk.js";
import { readTranscript } from "./transcript.js";
import { readWish, type Wish } from "./wish.js";

/** What the scripted model answers to a chat completion request: words, tool calls, or both. */
export function reply(request: ChatCompletionRequest): Reply {
  const { messages, outcomes } = readTranscript(request.messages);
  const writes = outcomes.filter((outcome) => outcome.name !== "lookup_order");
  if (writes.length > 0) return say(closingWords(writes));

  const wish = readWish(messages);
  const found = outcomes.at(-1);
  const next = found ? afterLookup(wish, found) : firstStep(wish);
  const offered = new Set((request.tools ?? []).map((tool) => tool.function.name));
  if (next.calls.every((call) => offered.has(call.name))) return next;
  return say("I cannot look at orders here: nobody gave me the tools for it.");
}

function firstStep(wish: Wish): Reply {
  const [orderId] = wish.orderIds;
  const one = orderId !== undefined && wish.orderIds.length === 1;
  switch (wish.topic) {
    case "refund":
      if (one && wish.amount && "cents" in wish.amount) {
        return use("issue_refund", { orderId, amountCents: wish.amount.cents });
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
    default:
      return say(smallTalk[wish.topic]);
  }
}

function lookUp(orderId: string | undefined, words: string): Reply {
  return use("lookup_order", orderId === undefined ? {} : { orderId }, words);
}
