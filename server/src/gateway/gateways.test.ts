import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GatewayError, type Gateway } from "./gateway.js";
import type { GatewayKey, GatewayOf } from "./gateway-key.js";
import { organizationGateways } from "./gateways.js";

const OWN: Gateway = { async *stream() {} };
const KEY_MS = 30_000;

let log: string[];
let opened: GatewayKey[];
beforeEach(() => {
  log = [];
  opened = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function gatewaysOf(gatewayOf: GatewayOf) {
  const asked: string[] = [];
  const gateways = organizationGateways({
    gatewayOf: (organizationId) => {
      asked.push(organizationId);
      return gatewayOf(organizationId);
    },
    own: OWN,
    open: (key) => {
      opened.push(key);
      return { async *stream() {} };
    },
    keyMs: KEY_MS,
    log: pino({ level: "trace" }, { write: (line) => void log.push(line) }),
    now: Date.now,
  });
  return { gateways, asked };
}

/** What comes of a source that answers so. */
const answered = (answer: unknown) =>
  gatewaysOf(async () => answer as GatewayKey | null).gateways.of("acme");

describe("an organization's gateway", () => {
  test("is the server's own when the source has none for it", async () => {
    expect(await answered(null)).toBe(OWN);
  });

  test("is one per key and URL, whoever has it", async () => {
    const keys: Record<string, GatewayKey> = {
      a: { apiKey: "k1" },
      b: { apiKey: "k1" },
      c: { apiKey: "k2" },
      d: { apiKey: "k1", baseURL: "https://gateway.example/v1" },
    };
    const { gateways } = gatewaysOf(async (id) => keys[id] ?? null);
    const made = await Promise.all(["a", "b", "c", "d"].map((id) => gateways.of(id)));
    expect(made[0]).toBe(made[1]);
    expect(new Set(made).size).toBe(3);
    expect(opened).toHaveLength(3);
  });

  test("is asked for once, however many want it at once", async () => {
    let answer: (key: GatewayKey) => void = () => {};
    const { gateways, asked } = gatewaysOf(() => new Promise((resolve) => (answer = resolve)));
    const all = Promise.all(Array.from({ length: 50 }, () => gateways.of("acme")));
    answer({ apiKey: "k" });
    expect(new Set(await all).size).toBe(1);
    expect(asked).toEqual(["acme"]);
  });

  test("changes with its key, as soon as the last answer has held long enough", async () => {
    let apiKey = "old";
    const { gateways, asked } = gatewaysOf(async () => ({ apiKey }));
    const before = await gateways.of("acme");
    apiKey = "new";
    vi.advanceTimersByTime(KEY_MS - 1);
    expect(await gateways.of("acme")).toBe(before);
    vi.advanceTimersByTime(2);
    expect(await gateways.of("acme")).not.toBe(before);
    expect(opened.map((key) => key.apiKey)).toEqual(["old", "new"]);
    expect(asked).toHaveLength(2);
    apiKey = "old";
    vi.advanceTimersByTime(KEY_MS + 1);
    expect(await gateways.of("acme")).toBe(before);
  });
});

describe("a source of keys that fails is a fault, and nobody's key is used", () => {
  const SECRET = "sk-very-secret";

  const fault = async (gatewayOf: GatewayOf, waitMs = 0): Promise<GatewayError> => {
    const { gateways } = gatewaysOf(gatewayOf);
    const outcome = gateways.of("acme").catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(waitMs);
    const error = await outcome;
    if (!(error instanceof GatewayError)) throw new Error("a fault was expected");
    expect(error).toMatchObject({ fault: "unavailable", retryable: true });
    expect(opened).toEqual([]);
    expect(log).toHaveLength(1);
    expect(log.join() + String(error)).not.toContain(SECRET);
    return error;
  };

  test("by throwing, at once or later", async () => {
    await fault(() => {
      throw new Error(`the key ${SECRET} is locked`);
    });
    log = [];
    await fault(() => Promise.reject(new Error(`the key ${SECRET} is locked`)));
  });

  test("by taking longer than five seconds", async () => {
    await fault(() => new Promise(() => {}), 5_000);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["a key alone", SECRET],
    ["no key", {}],
    ["an empty key", { apiKey: " " }],
    ["a key of two lines", { apiKey: `${SECRET}\nX-Admin: 1` }],
    ["a key that is no text", { apiKey: 7 }],
    ["a list", [{ apiKey: SECRET }]],
    ["a misspelt field", { apiKey: SECRET, baseUrl: "https://gateway.example" }],
    ["no URL", { apiKey: SECRET, baseURL: "gateway.example" }],
    ["a file", { apiKey: SECRET, baseURL: "file:///etc/passwd" }],
    ["a script", { apiKey: SECRET, baseURL: "javascript:alert(1)" }],
    ["credentials in the URL", { apiKey: SECRET, baseURL: `https://u:${SECRET}@gateway.example` }],
    ["a user in the URL", { apiKey: SECRET, baseURL: "https://u@gateway.example" }],
  ])("by answering with %s", async (_name, answer) => {
    await fault(async () => answer as GatewayKey);
  });

  test("but it is asked again by the next one who needs it", async () => {
    let isDown = true;
    const { gateways, asked } = gatewaysOf(async () => {
      if (isDown) throw new Error("down");
      return { apiKey: "k" };
    });
    await expect(gateways.of("acme")).rejects.toBeInstanceOf(GatewayError);
    isDown = false;
    expect(await gateways.of("acme")).not.toBe(OWN);
    expect(asked).toHaveLength(2);
  });

  test("also when it had answered before", async () => {
    let isDown = false;
    const { gateways } = gatewaysOf(async () => {
      if (isDown) throw new Error("down");
      return { apiKey: "k" };
    });
    await gateways.of("acme");
    isDown = true;
    vi.advanceTimersByTime(KEY_MS + 1);
    await expect(gateways.of("acme")).rejects.toBeInstanceOf(GatewayError);
  });
});
