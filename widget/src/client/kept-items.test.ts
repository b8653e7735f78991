import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { memoryStore } from "./client.fixture.js";
import { createKeptItems, signOf, type KeptItems, type Owner } from "./kept-items.js";

const URLS = ["wss://x.example/ws", "wss://y.example/ws"];
const DAY = 86_400_000;

afterEach(() => {
  vi.useRealTimers();
});

async function settled(
  store = memoryStore(),
  {
    url = URLS[0]!,
    days = 30,
    agentId = "a",
    conversationId = undefined as string | undefined,
  } = {},
): Promise<KeptItems> {
  const kept = createKeptItems(store, days, agentId, conversationId);
  await kept.settle(url);
  return kept;
}

describe("what is kept", () => {
  it("is found by whom it is kept for, at any combination of endpoint, agent, room and visitor", async () => {
    const name = fc.constantFrom("session", "draft", "out/1");
    const text = fc.constantFrom("a", "a:b", "a/b", "b", "-", "+a", "@a", "");
    const place = fc.record({
      url: fc.constantFrom(...URLS),
      agentId: text,
      conversationId: fc.option(text, { nil: undefined }),
    });
    const item = fc.tuple(place, fc.option(text, { nil: undefined }), name);
    const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
    await fc.assert(
      fc.asyncProperty(item, item, async (one, other) => {
        const store = memoryStore();
        await (await settled(store, one[0])).write(one[1], one[2], "one's");
        const reader = await settled(store, other[0]);
        const isSame = same(one, other);
        expect(await reader.read(other[1], other[2])).toBe(isSame ? "one's" : undefined);
        expect((await reader.all(other[1]))[other[2]]).toBe(isSame ? "one's" : undefined);
        await reader.clear((sign) => sign === signOf(other[1]));
        const { conversationId: _, ...where } = one[0];
        const { conversationId: __, ...there } = other[0];
        const isCleared = same([where, one[1] ?? null], [there, other[1] ?? null]);
        expect(store.content.size).toBe(isCleared ? 0 : 1);
      }),
    );
  });

  it("is gone some days after its last use, whoever looks", async () => {
    vi.useFakeTimers({ now: 0 });
    const store = memoryStore();
    const kept = await settled(store, { days: 2 });
    await kept.write("ada", "draft", "one");
    vi.setSystemTime(1.5 * DAY);
    await kept.write("ada", "draft", "two");
    vi.setSystemTime(3.4 * DAY);
    expect(await kept.read("ada", "draft")).toBe("two");
    vi.setSystemTime(3.5 * DAY);
    expect(await kept.read("ada", "draft")).toBeUndefined();
    expect(store.content.size).toBe(1);
    await settled(store, { agentId: "another", url: URLS[1] });
    expect(store.content.size).toBe(0);
  });

  it.each(["{", "null", "7", "[]", '{"until":"x","value":1}', '{"value":1}'])(
    "is not read where anybody wrote %s",
    async (text) => {
      const store = memoryStore();
      await (await settled(store)).write(undefined, "draft", "mine");
      const [key = ""] = store.content.keys();
      await store.set(key, text);
      await store.set("the host's", text);
      expect(await (await settled(store)).read(undefined, "draft")).toBeUndefined();
      expect([...store.content.keys()]).toEqual(["the host's"]);
    },
  );

  it("is not there and harms nobody where the store fails", async () => {
    const fail = () => Promise.reject(new Error("The store is away."));
    const kept = createKeptItems({ get: fail, set: fail, remove: fail, keys: fail }, 30, "a");
    await kept.settle(URLS[0]!);
    await kept.write("ada", "draft", "x");
    expect(await kept.read("ada", "draft")).toBeUndefined();
    expect(await kept.all("ada")).toEqual({});
    await kept.clear(() => true);
  });

  it("is not removed for a store's passing failure", async () => {
    const store = memoryStore();
    await (await settled(store)).write("ada", "draft", "x");
    const failing = { ...store, get: () => Promise.reject(new Error("away")) };
    await createKeptItems(failing, 30, "a").settle(URLS[0]!);
    expect(await (await settled(store)).read("ada", "draft")).toBe("x");
  });

  it("is found in a store that tells no keys, but for what was not sent", async () => {
    const { keys: _, ...store } = memoryStore();
    const kept = createKeptItems(store, 30, "a");
    await kept.settle(URLS[0]!);
    await kept.write("ada", "draft", "x");
    await kept.write("ada", "out/1", "y");
    const later = createKeptItems(store, 30, "a");
    await later.settle(URLS[0]!);
    expect(await later.all("ada")).toEqual({ draft: "x" });
    await kept.clear(() => true);
    expect(store.content.size).toBe(0);
  });

  it("is nothing before it is known where", async () => {
    const store = memoryStore();
    const kept = createKeptItems(store, 30, "a");
    const owner: Owner = undefined;
    await kept.write(owner, "draft", "x");
    await kept.clear(() => true);
    expect(store.content.size).toBe(0);
  });

  it("gives way to no malformed key", async () => {
    const store = memoryStore();
    const kept = await settled(store);
    await kept.write("ada", "draft", "x");
    const [key = ""] = store.content.keys();
    await store.set(key.replace("ada", "%"), store.content.get(key) ?? "");
    await kept.clear((sign) => sign === signOf("ada"));
    expect(store.content.size).toBe(1);
    await kept.clear(() => true);
    expect(store.content.size).toBe(0);
  });
});
