import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orderFacts } from "../agent/order-facts.js";
import { openOrderStore } from "../shop/order-store.js";
import { startScriptedModel, type ScriptedModel } from "./scripted-model.js";

type Message = OpenAI.ChatCompletionMessageParam;

interface Answer {
  text: string;
  calls: { name: string; arguments: Record<string, unknown> }[];
}

let model: ScriptedModel;
let client: OpenAI;
const store = openOrderStore(":memory:");
const orders = store.list("maya").map(orderFacts);
store.close();

beforeAll(async () => {
  model = await startScriptedModel({ port: 0, ttftMs: 0, tokensPerSecond: Infinity });
  client = new OpenAI({ baseURL: model.url, apiKey: "none", maxRetries: 0 });
});
afterAll(() => model.close());

describe("the first step, from the visitor's words alone", () => {
  const lookUpAll = { name: "lookup_order", arguments: {} };
  const lookUp = (orderId: string) => ({ name: "lookup_order", arguments: { orderId } });
  const refund = (orderId: string, amount: number) => ({
    name: "issue_refund",
    arguments: { orderId, amount },
  });

  it.each([
    ["where's my stuff", lookUpAll],
    ["Where is my order?", lookUpAll],
    ["where is order 1187", lookUp("1187")],
    ["Has #1187 shipped yet?", lookUp("1187")],
    ["track order number 1187 please", lookUp("1187")],
    ["when will my teapot arrive?", lookUpAll],
    ["what's the status of order no. 1043?", lookUp("1043")],
    ["Show me all my orders", lookUpAll],
    ["how is 1043 doing, my order?", lookUp("1043")],
    ["1234", lookUp("1234")],
    ["refund order 1234", lookUp("1234")],
    ["I'd like a refund for order #1234, please.", lookUp("1234")],
    ["I want my money back for the mug", lookUpAll],
    ["could you refund the bowls?", lookUpAll],
    ["refnd order 1234 pls", lookUp("1234")],
    ["can I get a refund on order 1234?", lookUp("1234")],
    ["$20 back please on #1042", refund("1042", 20)],
    ["Please refund $12.50 on order 1234", refund("1234", 12.5)],
    ["give me back 15 dollars for order 1042", refund("1042", 15)],
    ["refund 20 bucks on 1042", refund("1042", 20)],
    ["refund 1,000 dollars on order 1042", refund("1042", 1000)],
    ["reimburse me for #1042", lookUp("1042")],
    ["can you cancel 1043?", lookUp("1043")],
    ["please cancle my order 1043", lookUp("1043")],
    ["I don't want the teapot any more", lookUpAll],
    ["return order 1234", lookUp("1234")],
    ["my mug arrived broken", lookUpAll],
    ["where is my refund?", lookUpAll],
    ["was order 1042 refunded?", lookUp("1042")],
    ["did my dripper ship?", lookUpAll],
    ["any news on the teapot", lookUpAll],
    ["I never received my dripper", lookUpAll],
    ["was 1043 cancelled?", lookUp("1043")],
    ["refund 1234 $5", refund("1234", 5)],
    ["i'd like twenty dollars back on 1042", refund("1042", 20)],
    ["Thanks! And where is 1187?", lookUp("1187")],
  ])("%s", async (words, call) => {
    expect((await ask([user(words)])).calls).toEqual([call]);
  });

  it.each([
    ["hello there", /^Hello!/],
    ["thank you so much", /welcome/],
    ["help", /Here is what I can do/],
    ["what can you do?", /Here is what I can do/],
    ["Tell me about your return policy", /## Returns at Kiln & Kettle[^]*\|---\|/],
    ["How do refunds work?", /## Returns/],
    ["can I return things?", /## Returns/],
    ["do you ship to Canada? how much is shipping?", /free and takes/],
    ["is it dishwasher safe?", /dishwasher/],
    ["are you a real person?", /a program, not a person/],
    ["let me talk to a human", /cannot put a person through/],
    ["please don't refund anything", /Nothing was changed/],
    ["ok thanks", /welcome/],
    ["never mind", /Nothing was changed/],
    ["colorless green ideas", /not sure I understood/],
    ["bye", /Goodbye/],
  ])("%s, without a tool", async (words, text) => {
    const answer = await ask([user(words)]);
    expect(answer.calls).toEqual([]);
    expect(answer.text).toMatch(text);
  });
});

describe("the step after the lookup", () => {
  it.each([
    ["refund order 1234", { orderId: "1234", amount: 38.5 }],
    ["I want my money back for the mug", { orderId: "1234", amount: 24 }],
    ["refund the mug on 1234", { orderId: "1234", amount: 24 }],
    ["could you refund the bowls?", { orderId: "1042", amount: 44 }],
    ["money back for one of the bowls please", { orderId: "1042", amount: 22 }],
    ["refund half of order 1042", { orderId: "1042", amount: 30 }],
    ["$5 back for the sencha", { orderId: "1234", amount: 5 }],
    ["i want to return the tea pot", { orderId: "1043" }],
    ["can you cancel 1043?", { orderId: "1043" }],
    ["cancel my order", { orderId: "1043" }],
  ])("%s", async (words, args) => {
    const answer = await ask(afterLookup(words));
    expect(answer.calls.map((call) => call.arguments)).toEqual([args]);
    expect(answer.calls[0]?.name).toBe("amount" in args ? "issue_refund" : "cancel_order");
  });

  it.each([
    ["where's my stuff", /#1187\*\*.*on its way[^]*#1043[^]*Already delivered: #1234/],
    [
      "when will my teapot arrive?",
      /^\*\*#1043\*\* \(Moss teapot, 0\.8 l\) is still in our workshop/,
    ],
    ["show me all my orders", /\| #1234 \|/],
    ["I want a refund", /Which order is it about\?$/],
    ["cancel 1187", /already shipped.*Shall I refund \$51\.00 on order #1187\?$/],
    ["refund $100 for the mug", /At most \$38\.50 .*Shall I refund \$38\.50 on order #1234\?$/],
    ["my mug arrived broken", /Shall I refund \$24\.00 on order #1234\?$/],
    ["where is my refund?", /Nothing has been refunded/],
  ])("%s, in words", async (words, text) => {
    const answer = await ask(afterLookup(words));
    expect(answer.calls).toEqual([]);
    expect(answer.text).toMatch(text);
  });

  it("refunds two orders in one step", async () => {
    const answer = await ask(afterLookup("refund 1234 and 1042"));
    expect(answer.calls.map((call) => call.arguments)).toEqual([
      { orderId: "1234", amount: 38.5 },
      { orderId: "1042", amount: 60 },
    ]);
  });

  it("passes on what the lookup refused", async () => {
    const messages = [
      user("where is order 999?"),
      ...tool("lookup_order", {}, "There is no order #999 of yours."),
    ];
    expect((await ask(messages)).text).toContain("There is no order #999 of yours.");
  });
});

describe("what was said before", () => {
  const which: Message[] = [
    ...afterLookup("I want a refund"),
    {
      role: "assistant",
      content: "It could be one of these:\n\n- #1234\n- #1042\n\nWhich order is it about?",
    },
  ];
  const offer: Message[] = [
    user("cancel 1187"),
    { role: "assistant", content: "#1187 has shipped. Shall I refund $51.00 on order #1187?" },
  ];
  const aboutTeapot: Message[] = [
    user("where is 1043?"),
    { role: "assistant", content: "**#1043** is still in our workshop." },
  ];

  it.each<[string, Message[], string, Answer["calls"][number]]>([
    [
      "the number that was asked for",
      which,
      "1042",
      { name: "lookup_order", arguments: { orderId: "1042" } },
    ],
    ["the product that was asked for", which, "the mug", { name: "lookup_order", arguments: {} }],
    [
      "a yes to an offer",
      offer,
      "yes please",
      { name: "issue_refund", arguments: { orderId: "1187", amount: 51 } },
    ],
    [
      "a smaller sum than offered",
      offer,
      "yes, but just $10",
      { name: "issue_refund", arguments: { orderId: "1187", amount: 10 } },
    ],
    [
      "the order under discussion",
      aboutTeapot,
      "cancel it",
      { name: "lookup_order", arguments: { orderId: "1043" } },
    ],
  ])("takes %s", async (_what, before, words, call) => {
    expect((await ask([...before, user(words)])).calls).toEqual([call]);
  });

  it("takes a no to an offer", async () => {
    expect((await ask([...offer, user("no thanks")])).text).toMatch(/Nothing was changed/);
  });
});

describe("the closing words", () => {
  const args = { orderId: "1234", amount: 24 };
  it.each([
    [
      "done",
      JSON.stringify({
        status: "refunded",
        refunded: "$24.00",
        order: { paidWith: "Visa ending in 4242" },
      }),
      /\$24\.00.*order #1234.*Visa ending in 4242/,
    ],
    [
      "declined",
      "The visitor declined this call. It was not run and nothing was changed.",
      /did not refund order #1234\. Nothing was changed/,
    ],
    [
      "expired",
      "The visitor did not answer in time, which counts as declined. It was not run and nothing was changed.",
      /did not answer in time[^]*Nothing was changed/,
    ],
    [
      "refused",
      "$38.50 was paid for order #1234, so $900.00 cannot be refunded.",
      /could not refund order #1234: \$38\.50 was paid/,
    ],
    [
      "unknown",
      "The outcome is unknown: the call was interrupted and may or may not have taken effect.",
      /could not find out whether it worked/,
    ],
  ])("say what happened: %s", async (_what, result, text) => {
    const answer = await ask([user("refund $24 on 1234"), ...tool("issue_refund", args, result)]);
    expect(answer.calls).toEqual([]);
    expect(answer.text).toMatch(text);
  });
});

it("streams in pieces of a token, at the pace it was told", async () => {
  const paced = await startScriptedModel({ port: 0, ttftMs: 60, tokensPerSecond: 500 });
  const began = performance.now();
  const stream = await new OpenAI({ baseURL: paced.url, apiKey: "none" }).chat.completions.create({
    ...body([user("hello")]),
    stream: true,
  });
  const arrivals: number[] = [];
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) arrivals.push(performance.now() - began);
  }
  await paced.close();
  expect(arrivals.length).toBeGreaterThan(15);
  expect(arrivals[0]).toBeGreaterThanOrEqual(55);
  expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(arrivals.length);
});

it("says so when it was given no tools", async () => {
  const { tools: _, ...request } = body([user("where is 1187?")]);
  const answer = await client.chat.completions.create(request);
  expect(answer.choices[0]?.message.content).toMatch(/nobody gave me the tools/);
});

async function ask(messages: Message[]): Promise<Answer> {
  const stream = await client.chat.completions.create({ ...body(messages), stream: true });
  let text = "";
  const calls: { name: string; arguments: string }[] = [];
  for await (const chunk of stream) {
    const delta = chunk.choices[0]?.delta;
    text += delta?.content ?? "";
    for (const { index, function: part } of delta?.tool_calls ?? []) {
      const call = (calls[index] ??= { name: "", arguments: "" });
      call.name += part?.name ?? "";
      call.arguments += part?.arguments ?? "";
    }
  }
  return {
    text,
    calls: calls.map(({ name, arguments: json }) => ({
      name,
      arguments: JSON.parse(json) as Record<string, unknown>,
    })),
  };
}

function body(messages: Message[]) {
  const tools = ["lookup_order", "issue_refund", "cancel_order"].map((name) => ({
    type: "function" as const,
    function: { name, parameters: { type: "object" } },
  }));
  return {
    model: "scripted",
    messages: [{ role: "system" as const, content: "…" }, ...messages],
    tools,
  };
}

function user(content: string): Message {
  return { role: "user", content };
}

function tool(name: string, args: object, content: string): Message[] {
  const call = {
    id: "call_1",
    type: "function" as const,
    function: { name, arguments: JSON.stringify(args) },
  };
  return [
    { role: "assistant", content: "", tool_calls: [call] },
    { role: "tool", tool_call_id: call.id, content },
  ];
}

/** A turn whose lookup found all of Maya's orders, or the one that the words name. */
function afterLookup(words: string): Message[] {
  const named = words.match(/\b1\d{3}\b/g) ?? [];
  const found = named.length === 1 ? orders.filter((order) => order.orderId === named[0]) : orders;
  return [user(words), ...tool("lookup_order", {}, JSON.stringify({ orders: found }))];
}
