import { actionSchemas } from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client, ClientOptions } from "./client.js";
import { clientOf, heardFrom } from "./client.fixture.js";
import { startModelServer, type ModelServer } from "./model-server.fixture.js";
import { contextOf, localeOf } from "./page-words.js";

let server: ModelServer;
const clients: Client[] = [];

beforeEach(async () => {
  server = await startModelServer();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

function open(options: Partial<ClientOptions> = {}): Client {
  const client = clientOf(server, options);
  clients.push(client);
  return client;
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
const cyclic: Record<string, unknown> = {};
cyclic["itself"] = cyclic;
const fails = () => {
  throw new Error("not now");
};

describe("what the page says", () => {
  it("is asked anew for every session and every message", async () => {
    let page = 0;
    const context = () => ({ page: (page += 1) });
    const client = open({ context, locale: () => (page < 2 ? "de-DE" : "fr") });
    const heard = heardFrom(client);
    await client.connect();
    client.send("one", "r1");
    await server.received(({ action }) => action === "send_message");
    server.cut();
    await heard.until((notice) => notice.type === "session" && notice.resumed);
    expect(server.actions).toMatchObject([
      { action: "create_conversation_session", context: { page: 1 }, locale: "de-DE" },
      { action: "send_message", context: { page: 2 } },
      { action: "resume_session", context: { page: 3 }, locale: "fr" },
    ]);
  });

  it("is nowhere on the wire where nothing is said", async () => {
    const client = open({ context: () => undefined });
    await client.connect();
    client.send("one", "r1");
    await server.received(({ action }) => action === "send_message");
    for (const action of server.actions) {
      expect(Object.keys(action)).not.toContain("context");
      expect(Object.keys(action)).not.toContain("locale");
    }
  });
});

describe("a context", () => {
  it.each(["", "the cart", [], [1, null], {}, { page: "/é" }, null, nested(8), "x".repeat(4_094)])(
    "is told as it is: %j",
    (context) => {
      expect(contextOf({ context })).toEqual(context);
      expect(actionSchemas.send_message.shape.context.safeParse(context).success).toBe(true);
    },
  );

  it.each([7, true, fails, cyclic, Symbol("x"), 1n, nested(9), "x".repeat(4_095), { a: "\0" }])(
    "that the server would refuse is not told (case %#)",
    (context) => {
      expect(contextOf({ context })).toBeUndefined();
    },
  );

  it("is told as JSON has it", () => {
    const at = new Date(0);
    expect(contextOf({ context: { at, none: undefined, act() {} } })).toEqual({
      at: at.toISOString(),
    });
    expect(contextOf({ context: { half: "a\ud800" } })).toBeUndefined();
    expect(contextOf({ context: { "\udc00": 1 } })).toBeUndefined();
  });
});

it("a locale that is no tag is not told", () => {
  const refused = ["", "en_US", "English, please", "en-", `en${"-abc".repeat(9)}`, fails];
  for (const locale of refused) expect(localeOf({ locale })).toBeUndefined();
  for (const locale of ["en", "fr-CA", "zh-Hant-TW"]) expect(localeOf({ locale })).toBe(locale);
});
