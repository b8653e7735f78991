import { createHmac } from "node:crypto";
import type { AuthContext } from "@smooth-agent/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Order } from "./order.js";
import type { OrderChange } from "./order-store.js";
import type { OrderView } from "./order-view.js";
import { startShop, type Shop } from "./shop.js";

interface ApiRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

interface ApiAnswer extends Partial<OrderChange> {
  orders?: Order[];
  error?: { code: string; message: string };
}

const apiKey = "a key";
const secret = "a secret";
let shop: Shop;
let sent: string[];

beforeEach(async () => {
  sent = [];
  shop = await startShop({
    port: 0,
    otherPort: 0,
    databaseFile: ":memory:",
    secret,
    apiKey,
    agent: { url: "http://127.0.0.1:8787", agentId: "shop-assistant", scripted: true },
    onMail: ({ text }) => sent.push(text),
  });
});
afterEach(() => shop.close());

describe("the internal API", () => {
  it("refunds part of an order, and counts it", async () => {
    const first = await refund("maya", "1234", 2400);
    expect(first).toMatchObject({ status: 201, body: { amountCents: 2400 } });
    expect(first.body.order).toMatchObject({ totalCents: 3850, refundedCents: 2400 });
    expect((await refund("maya", "1234", 1450)).body.order).toMatchObject({ refundedCents: 3850 });
  });

  it("refunds once for one key, however often it is asked", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => refund("maya", "1234", 1000, "key-1")));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
    expect(answers[2]?.body).toEqual(answers[0]?.body);
    expect(await order("maya", "1234")).toMatchObject({ refundedCents: 1000 });
    expect((await refund("maya", "1234", 1000, "key-2")).status).toBe(201);
    expect(await order("maya", "1234")).toMatchObject({ refundedCents: 2000 });
  });

  it("refuses a key that was used for another request", async () => {
    await refund("maya", "1234", 1000, "key-1");
    expect(await refund("maya", "1234", 1001, "key-1")).toMatchObject({
      status: 422,
      body: { error: { code: "key_reused" } },
    });
    expect(await order("maya", "1234")).toMatchObject({ refundedCents: 1000 });
  });

  it("keeps a refused request free to be tried again under its key", async () => {
    expect((await refund("maya", "1234", 9999, "key-1")).status).toBe(409);
    expect((await refund("maya", "1234", 100, "key-1")).status).toBe(201);
  });

  it.each([
    [3851, 409, "refund_exceeds_paid"],
    [0, 400, "invalid_amount"],
    [-5, 400, "invalid_amount"],
    [0.5, 400, "invalid_amount"],
    ["much", 400, "invalid_amount"],
  ])("refuses a refund of %s cents", async (amountCents, status, code) => {
    const answer = await refund("maya", "1234", amountCents);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(await order("maya", "1234")).toMatchObject({ refundedCents: 0 });
  });

  it("cancels what is in the workshop, gives everything back, and does so once", async () => {
    await refund("maya", "1043", 900);
    const answer = await post("/customers/maya/orders/1043/cancellation", {}, "key-1");
    expect(answer.body).toMatchObject({
      amountCents: 8000,
      order: { status: "cancelled", refundedCents: 8900 },
    });
    expect(await post("/customers/maya/orders/1043/cancellation", {}, "key-1")).toEqual(answer);
    expect(await post("/customers/maya/orders/1043/cancellation", {}, "key-2")).toMatchObject({
      status: 409,
      body: { error: { code: "already_cancelled" } },
    });
  });

  it.each([
    ["1187", "already_shipped"],
    ["1234", "already_delivered"],
  ])("does not cancel order %s", async (orderId, code) => {
    const answer = await post(`/customers/maya/orders/${orderId}/cancellation`, {});
    expect(answer).toMatchObject({ status: 409, body: { error: { code } } });
  });

  it("shows somebody else's order exactly as one that does not exist", async () => {
    const foreign = await get("/customers/tom/orders/1234");
    const unknown = await get("/customers/tom/orders/9999");
    expect(foreign.status).toBe(404);
    expect(JSON.stringify(foreign).replaceAll("1234", "9999")).toBe(JSON.stringify(unknown));
    expect((await refund("tom", "1234", 100)).status).toBe(404);
    expect((await post("/customers/tom/orders/1043/cancellation", {})).status).toBe(404);
    const { body } = await get("/customers/tom/orders");
    expect(body.orders?.map((one) => one.customerId)).toEqual(["tom", "tom"]);
  });

  it.each([undefined, "Bearer nonsense", apiKey])(
    "answers nobody with %s",
    async (authorization) => {
      const response = await fetch(`${shop.apiUrl}/customers/maya/orders`, {
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(response.status).toBe(401);
    },
  );
});

describe("the mailbox", () => {
  it("shows what the shop sent, the newest first, as plain text", async () => {
    for (const text of ["Your code is 111111.", "<b>222222</b>"]) {
      await post("/mails", { to: "maya@example.com", subject: "Your code", text });
    }
    const page = await (await fetch(`${shop.url}/mailbox`)).text();
    expect(page).toMatch(/&#60;b&#62;222222[^]*Your code is 111111\./);
    expect(page).toContain("To maya@example.com");
    expect(sent).toEqual(["Your code is 111111.", "<b>222222</b>"]);
  });

  it("knows whose an address is, for the shop's own services", async () => {
    const maya = { id: "maya", name: "Maya Lindqvist", email: "maya@example.com" };
    const found = async (query: string) => (await get(`/customers?${query}`)).body;
    expect(await found("email=Maya%40Example.com")).toEqual({ customers: [maya] });
    for (const query of ["email=nobody%40example.com", "email[]=maya%40example.com", ""]) {
      expect(await found(query)).toEqual({ customers: [] });
    }
    expect((await fetch(`${shop.apiUrl}/customers?email=maya`)).status).toBe(401);
  });
});

describe("the page", () => {
  it("embeds the agent, says that the model is scripted, and shows the customer's orders", async () => {
    const text = await (await fetch(shop.url)).text();
    expect(text).toContain('src="http://127.0.0.1:8787/smooth-agent.js"');
    expect(text).toContain('data-agent-id="shop-assistant"');
    expect(text).toContain("No <code>OPENAI_API_KEY</code>");
    expect(text).toContain('data-order="1234"');
    expect(text).not.toContain('data-order="1101"');
  });

  it("signs who is logged in, and only the log-in of its own page changes that", async () => {
    const log = (origin: string) =>
      fetch(`${shop.url}/log-in`, {
        method: "POST",
        redirect: "manual",
        headers: { origin, "content-type": "application/x-www-form-urlencoded" },
        body: "customer=tom",
      });
    expect((await log("http://127.0.0.1:9")).status).toBe(403);
    const cookie = (await log(shop.url)).headers.get("set-cookie")?.split(";")[0] ?? "";
    const response = await fetch(`${shop.url}/api/auth-context`, { headers: { cookie } });
    const signed = (await response.json()) as AuthContext;
    const expected = createHmac("sha256", secret).update(`tom:${signed.timestamp}`).digest("hex");
    expect(signed).toEqual({ userId: "tom", signature: expected, timestamp: signed.timestamp });
  });

  it("shows a guest nobody's orders, and vouches for nobody", async () => {
    const headers = { cookie: "kiln_customer=guest" };
    const text = await (await fetch(shop.url, { headers })).text();
    expect(text).toContain("You are not logged in.");
    expect(text).not.toContain("data-order=");
    const word = await fetch(`${shop.url}/api/auth-context`, { headers });
    expect(await word.json()).toBeNull();
    const events = await fetch(`${shop.url}/api/orders/events`, { headers });
    const heard = refundsHeard(events);
    expect((await heard.next()).value).toBe("missing");
    await heard.return(undefined);
  });

  it("hears of a refund while it is open", async () => {
    const response = await fetch(`${shop.url}/api/orders/events`);
    const heard = refundsHeard(response);
    expect((await heard.next()).value).toBe("");
    await refund("maya", "1234", 2400);
    expect((await heard.next()).value).toBe("$24.00 refunded");
    await heard.return(undefined);
  });

  it("puts the orders back when it is asked to", async () => {
    await refund("maya", "1234", 2400);
    await fetch(`${shop.url}/reset`, { method: "POST", headers: { origin: shop.url } });
    expect(await order("maya", "1234")).toMatchObject({ refundedCents: 0 });
  });

  it("is served from a second origin when asked to", async () => {
    expect(shop.otherUrl).not.toBe(shop.url);
    expect((await fetch(shop.otherUrl ?? "")).status).toBe(200);
  });
});

async function* refundsHeard(response: Response): AsyncGenerator<string, void> {
  let text = "";
  const body = response.body?.pipeThrough(new TextDecoderStream()) ?? [];
  for await (const chunk of body) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data === undefined) continue;
      const { orders } = JSON.parse(data) as { orders: OrderView[] };
      yield orders.find((one) => one.id === "1234")?.refund ?? "missing";
    }
  }
}

async function order(customer: string, id: string) {
  return (await get(`/customers/${customer}/orders/${id}`)).body.order;
}

function refund(customer: string, id: string, amountCents: unknown, key?: string) {
  return post(`/customers/${customer}/orders/${id}/refunds`, { amountCents }, key);
}

function get(path: string) {
  return call(path, {});
}

function post(path: string, body: object, key?: string) {
  const headers = { "content-type": "application/json", ...(key && { "idempotency-key": key }) };
  return call(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function call(path: string, init: ApiRequest) {
  const headers = { ...init.headers, authorization: `Bearer ${apiKey}` };
  const response = await fetch(shop.apiUrl + path, { ...init, headers });
  return { status: response.status, body: (await response.json()) as ApiAnswer };
}
