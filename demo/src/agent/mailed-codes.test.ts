import { afterEach, beforeEach, expect, it } from "vitest";
import { startShop, type Shop } from "../shop/shop.js";
import { mailedCodes } from "./mailed-codes.js";
import { createShopClient } from "./shop-client.js";

let shop: Shop;
let mails: { to: string; text: string }[];

beforeEach(async () => {
  mails = [];
  shop = await startShop({
    port: 0,
    databaseFile: ":memory:",
    secret: "a secret",
    apiKey: "a key",
    agent: { url: "http://127.0.0.1:8787", agentId: "shop-assistant", scripted: true },
    onMail: ({ to, text }) => mails.push({ to, text }),
  });
});
afterEach(() => shop.close());

it("knows the address that a customer ordered with, and mails a code to no other", async () => {
  const { contacts, send } = mailedCodes(createShopClient(shop.apiUrl, "a key"));
  const { signal } = new AbortController();
  const at = (email?: string) =>
    contacts({ ...query, visitor: email ? { email } : {} }, { signal });
  const [contact, ...others] = await at("Maya@Example.com ");
  expect(others).toEqual([]);
  expect(contact).toEqual({ channel: "email", destination: "maya@example.com", userId: "maya" });
  for (const email of [undefined, "nobody@example.com", "maya@example.com,tom@example.com", "*"]) {
    expect(await at(email)).toEqual([]);
  }
  const { agent, organization, conversation } = query;
  const message = { channel: "email", destination: "maya@example.com", code: "123456" };
  const expiresAt = new Date();
  await send({ ...message, expiresAt, agent, organization, conversation }, { signal });
  expect(mails).toEqual([
    { to: "maya@example.com", text: expect.stringContaining("Your code is 123456.") as unknown },
  ]);
});

const query = {
  organization: { id: "o" },
  agent: { id: "shop-assistant", name: "Clay" },
  conversation: { id: "c" },
  session: { id: "s" },
  tool: { name: "lookup_order", title: "Look up orders" },
};
