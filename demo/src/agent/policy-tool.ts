import { defineTool } from "@smooth-agent/server";
import { z } from "zod";

/** What the shop does for a customer whose order went wrong, in words that may be passed on. */
export interface PolicyFacts {
  howLong: string;
  sendBack: string;
  choice: string;
  refund: string;
}

/** Looks the shop's rules up. It only reads, and they are everybody's. */
export function lookupPolicy() {
  return defineTool({
    name: "lookup_policy",
    title: "Look up our policy",
    description:
      "What the shop's rules say about a piece that arrived broken, one that is not wanted any more, or " +
      "an order that is to be cancelled. Call it before you offer a remedy.",
    parameters: z.object({ about: z.enum(["broken", "unwanted", "cancellation"]) }),
    idempotent: true,
    timeoutMs: 2_000,
    execute: async ({ about }) => policies[about],
  });
}

const refund = "to the card or account it was paid with, within 3 to 5 business days";

const policies: Record<"broken" | "unwanted" | "cancellation", PolicyFacts> = {
  broken: {
    howLong: "at any time",
    sendBack: "no, a word is enough",
    choice: "the full price, or keep it for half",
    refund,
  },
  unwanted: {
    howLong: "30 days from delivery",
    sendBack: "yes, unused and in its own box",
    choice: "the full price",
    refund,
  },
  cancellation: {
    howLong: "until it leaves our workshop",
    sendBack: "there is nothing to send",
    choice: "everything that was paid",
    refund,
  },
};
