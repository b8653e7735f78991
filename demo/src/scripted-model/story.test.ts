import type { ChatCompletionRequest, ChatMessage } from "@copilotkit/aimock";
import { describe, expect, it } from "vitest";
import { orderFacts } from "../agent/order-facts.js";
import { lookupPolicy } from "../agent/policy-tool.js";
import { openOrderStore } from "../shop/order-store.js";
import { reply } from "./reply.js";

const store = openOrderStore(":memory:");
const orders = store.list("maya").map(orderFacts);
store.close();
const mug = orders.filter(({ orderId }) => orderId === "1234");
const rules = await lookupPolicy().execute({ about: "broken" }, {
  visitor: null,
  idempotencyKey: "",
  signal: AbortSignal.timeout(1_000),
} as Parameters<ReturnType<typeof lookupPolicy>["execute"]>[1]);

const TOOLS = [
  ...["lookup_order", "lookup_policy", "issue_refund", "cancel_order"],
  ...["request_choices", "suggest_replies"],
];
const BROKEN = "The mug of #1234 arrived broken";
const LOOKED_UP: Step[] = [
  ["lookup_order", { orderId: "1234" }, { orders: mug }],
  ["lookup_policy", { about: "broken" }, rules],
];

describe("a purchase gone wrong", () => {
  it("begins with where the orders are, and what may be wrong with one", () => {
    const { text, calls } = answer("Where is my order?", ["lookup_order", {}, { orders }]);
    expect(text).toMatch(/#1187.*on its way/);
    expect(calls).toEqual([
      {
        name: "suggest_replies",
        arguments: { replies: [BROKEN, "Show me #1187", "Cancel #1043"] },
      },
    ]);
  });

  it("looks the order and the policy up at once", () => {
    expect(answer(BROKEN).calls).toEqual([
      { name: "lookup_order", arguments: { orderId: "1234" } },
      { name: "lookup_policy", arguments: { about: "broken" } },
    ]);
  });

  it("says in a table what the policy is, and lets the visitor choose", () => {
    const { text, calls } = answer(BROKEN, ...LOOKED_UP);
    expect(text).toMatch(/\| Send it back\? \| no, a word is enough \|/);
    expect(calls).toEqual([{ name: "request_choices", arguments: { questions: [REMEDY] } }]);
  });

  it("asks which order it is first, where that is not clear", () => {
    const all: Step = ["lookup_order", {}, { orders }];
    const which = answer("Something arrived broken", all);
    expect(which.calls[0]?.arguments).toMatchObject({ questions: [{ header: "Order" }] });
    const chosen: Step = ["request_choices", which.calls[0]?.arguments ?? {}, picked("#1042")];
    const next = answer("Something arrived broken", all, chosen);
    expect(next.calls[0]?.arguments).toMatchObject({ questions: [{ header: "Remedy" }] });
  });

  it.each<[string, object, unknown]>([
    ["the whole price", picked("$24.00 back"), { amount: 24 }],
    ["half of it", picked("$12.00 back"), { amount: 12 }],
    ["a sum of one's own", { ...picked(), ...own("make it $5") }, { amount: 5 }],
  ])("refunds %s", (_, choice, amount) => {
    const { calls } = answer(BROKEN, ...LOOKED_UP, asked(choice));
    expect(calls).toMatchObject([{ name: "issue_refund", arguments: { orderId: "1234" } }]);
    expect(calls[0]?.arguments).toMatchObject(amount as object);
  });

  it.each([
    ["declined", { status: "declined", message: "…" }, /leave everything as it is/],
    ["answered by a wish of one's own", own("a new one"), /I cannot do that from here/],
    ["asked in prose", { mode: "conversational", kind: "choices" }, /Shall I refund \$24\.00/],
  ])("changes nothing when it is %s", (_, result, words) => {
    const { text, calls } = answer(BROKEN, ...LOOKED_UP, asked(result));
    expect(calls).toEqual([]);
    expect(text).toMatch(words);
  });

  it("closes with what happened and what may come next", () => {
    const done = { status: "refunded", refunded: "$24.00", order: mug[0] };
    const refunded: Step = ["issue_refund", { orderId: "1234", amount: 24 }, done];
    const steps: Step[] = [...LOOKED_UP, asked(picked("$24.00 back")), refunded];
    const { text, calls } = answer(BROKEN, ...steps);
    expect(text).toMatch(/Done: \*\*\$24\.00\*\* on order #1234.*Visa ending in 4242/);
    expect(calls.map(({ name }) => name)).toEqual(["suggest_replies"]);
  });
});

const REMEDY = {
  question: "What shall we do about the mug of #1234?",
  header: "Remedy",
  options: [
    { label: "$24.00 back", description: "To your Visa ending in 4242" },
    { label: "$12.00 back", description: "You keep the mug for half the price" },
    { label: "$38.50 back", description: "For the whole order" },
  ],
};

type Step = [name: string, args: object, result: unknown];

function asked(result: unknown): Step {
  return ["request_choices", { questions: [REMEDY] }, result];
}

function picked(...options: string[]): object {
  return { status: "submitted", values: { answers: [{ header: "Remedy", options }] } };
}

function own(other: string): object {
  return { status: "submitted", values: { answers: [{ header: "Remedy", options: [], other }] } };
}

/** What the model does next, after what its tools in this turn came to. */
function answer(words: string, ...steps: Step[]) {
  const messages = steps.flatMap(([name, args, result], index): ChatMessage[] => {
    const call = { id: `c${index}`, type: "function" as const };
    return [
      {
        role: "assistant",
        content: "",
        tool_calls: [{ ...call, function: { name, arguments: JSON.stringify(args) } }],
      },
      { role: "tool", tool_call_id: call.id, content: JSON.stringify(result) },
    ];
  });
  const request = {
    model: "scripted",
    messages: [{ role: "user", content: words }, ...messages],
    tools: TOOLS.map((name) => ({ type: "function", function: { name, parameters: {} } })),
  };
  return reply(request as ChatCompletionRequest);
}
