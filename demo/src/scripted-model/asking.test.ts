import type { ChatCompletionRequest, ChatMessage } from "@copilotkit/aimock";
import { describe, expect, it } from "vitest";
import { orderFacts } from "../agent/order-facts.js";
import { openOrderStore } from "../shop/order-store.js";
import { reply } from "./reply.js";

const store = openOrderStore(":memory:");
const orders = store.list("maya").map(orderFacts);
store.close();
const found = (...ids: string[]) =>
  JSON.stringify({ orders: orders.filter(({ orderId }) => ids.includes(orderId)) });
const all = JSON.stringify({ orders });
const UNKNOWN =
  '"Look up orders" needs a signed-in visitor (level end_user), and nobody has vouched for this one.';
const EVERY_TOOL = [
  ...["lookup_order", "issue_refund", "cancel_order"],
  ...["request_choices", "request_identity_intake", "client_show_order"],
];

describe("which order is meant", () => {
  it("is asked by a list, with what is in each", () => {
    const { text, calls } = answer("I want a refund", ["lookup_order", all]);
    expect(text).toBe("");
    expect(calls).toEqual([
      {
        name: "request_choices",
        arguments: {
          questions: [
            {
              question: "Which order is it about?",
              header: "Order",
              options: expect.arrayContaining([
                { label: "#1043", description: "Moss teapot, 0.8 l, $89.00" },
              ]) as unknown,
            },
          ],
        },
      },
    ]);
  });

  it.each<[string, object]>([
    ["an option", { options: ["#1042"] }],
    ["words of one's own", { options: [], other: "the one with number 1042" }],
  ])("goes on with %s", (_, choice) => {
    const values = { answers: [{ header: "Order", ...choice }] };
    const chosen = JSON.stringify({ status: "submitted", values });
    const next = answer("I want a refund", ["lookup_order", all], ["request_choices", chosen]);
    expect(next.calls).toEqual([
      { name: "issue_refund", arguments: { orderId: "1042", amount: 60 } },
    ]);
  });

  it.each([
    ["declined", { status: "declined", message: "…" }, /leave everything as it is/],
    ["not answered", { status: "no_response", message: "…" }, /leave everything as it is/],
    ["asked in prose", { mode: "conversational", kind: "choices" }, /Which order is it about\?$/],
    ["answered by nothing", { status: "submitted", values: {} }, /Tell me its number/],
  ])("%s", (_, result, words) => {
    const asked = ["request_choices", JSON.stringify(result)] as const;
    const { text, calls } = answer("I want a refund", ["lookup_order", all], asked);
    expect(calls).toEqual([]);
    expect(text).toMatch(words);
  });

  it("is asked in words where there is no list", () => {
    const tools = ["lookup_order", "issue_refund"];
    const { text } = reply(request("I want a refund", [["lookup_order", all]], tools));
    expect(text).toMatch(/Which order is it about\?$/);
  });
});

describe("a guest", () => {
  const submitted = JSON.stringify({ status: "submitted", values: { email: "a@example.com" } });

  it.each(["refund $20 on 1042", "where is my order 1042?", "cancel 1043"])(
    "is asked for their address: %s",
    (words) => {
      const [first] = answer(words).calls;
      const { calls } = answer(words, [first?.name ?? "", UNKNOWN]);
      expect(calls).toMatchObject([
        { name: "request_identity_intake", arguments: { fields: [{ key: "email" }] } },
      ]);
    },
  );

  it("is told of the code, and not that there are orders", () => {
    const steps = [
      ["lookup_order", UNKNOWN],
      ["request_identity_intake", submitted],
    ] as const;
    const { text, calls } = answer("where is my order 1042?", ...steps);
    expect(calls).toEqual([]);
    expect(text).toMatch(/If there are orders .* a code is on its way/);
  });

  it("goes on once the same message comes again", () => {
    const { calls } = answer("refund $20 on 1042");
    expect(calls).toMatchObject([{ name: "issue_refund", arguments: { amount: 20 } }]);
  });

  it("who declines is left alone", () => {
    const declined = JSON.stringify({ status: "declined", message: "…" });
    const steps = [
      ["lookup_order", UNKNOWN],
      ["request_identity_intake", declined],
    ] as const;
    expect(answer("where is my order?", ...steps).text).toMatch(/^All right/);
  });
});

describe("how to reach the visitor", () => {
  it.each(["I want to change my e-mail", "please update my phone number", "can you call me?"])(
    "is asked by a form: %s",
    (words) => {
      const [call] = answer(words).calls;
      expect(call?.name).toBe("request_identity_intake");
      expect(call?.arguments["fields"]).toHaveLength(3);
    },
  );

  it("is said back as it was understood", () => {
    const values = { email: "maya@example.org", phone: "+15551234567" };
    const result = JSON.stringify({ status: "submitted", values });
    const { text } = answer("I want to change my e-mail", ["request_identity_intake", result]);
    expect(text).toContain("**maya@example.org** or **+15551234567**");
  });
});

describe("an order on the page", () => {
  it("is shown when that is asked for, and then told of", () => {
    const looked = ["lookup_order", found("1042")] as const;
    expect(answer("show me order 1042", looked).calls).toEqual([
      { name: "client_show_order", arguments: { orderId: "1042" } },
    ]);
    for (const result of ["It is highlighted.", "No page of the visitor's is open."]) {
      const { text, calls } = answer("show me order 1042", looked, ["client_show_order", result]);
      expect(calls).toEqual([]);
      expect(text).toContain("**#1042**");
    }
    expect(answer("where is order 1042?", looked).calls).toEqual([]);
  });
});

describe("after a question", () => {
  it("the sum that ran is named, not the one that was asked for", () => {
    const result = JSON.stringify({ status: "refunded", refunded: "$20.00", order: {} });
    const told =
      '[The visitor changed amount from 50 to 20 before approving this call: it stands as {"orderId":"1042","amount":20}, not as you wrote it.]\n';
    const { text } = answer("refund $50 on 1042", ["issue_refund", told + result]);
    expect(text).toMatch(/\*\*\$20\.00\*\* .*, as you corrected it, is on its way/);
    expect(text).not.toContain("50");
  });

  it("the reason of a no is heard", () => {
    const result =
      'The visitor declined this call. It was not run and nothing was changed. The visitor\'s reason: "wrong order".';
    const { text } = answer("refund $50 on 1042", ["issue_refund", result]);
    expect(text).toContain('You said: "wrong order". Nothing was changed.');
  });
});

type Step = readonly [tool: string, result: string];

function answer(words: string, ...steps: Step[]) {
  return reply(request(words, steps, EVERY_TOOL));
}

/** A turn in which these tools were called, one after the other, and answered this. */
function request(words: string, steps: readonly Step[], tools: string[]): ChatCompletionRequest {
  const messages: ChatMessage[] = [{ role: "user", content: words }];
  for (const [index, [name, content]] of steps.entries()) {
    const call = { id: `call_${index}`, type: "function" as const };
    messages.push(
      {
        role: "assistant",
        content: "",
        tool_calls: [{ ...call, function: { name, arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: call.id, content },
    );
  }
  return {
    model: "scripted",
    messages,
    tools: tools.map((name) => ({ type: "function", function: { name } })),
  };
}
