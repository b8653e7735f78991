import { afterEach, expect, it, vi } from "vitest";
import { browserSessionStore } from "./session-store.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("keeps in localStorage what another tab can read", async () => {
  const items = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  });
  await browserSessionStore().set("key", "value");
  const otherTab = browserSessionStore();
  expect(otherTab.get("key")).toBe("value");
  await otherTab.remove("key");
  expect(items.size).toBe(0);
});

it.each(["missing", "full", "blocked"])("keeps in memory where storage is %s", async (trouble) => {
  const refuse = () => {
    throw new Error("refused");
  };
  if (trouble === "full") {
    vi.stubGlobal("localStorage", { getItem: () => null, setItem: refuse, removeItem: () => {} });
  }
  if (trouble === "blocked") {
    Object.defineProperty(globalThis, "localStorage", { get: refuse, configurable: true });
  }
  const store = browserSessionStore();
  await store.set("key", "value");
  expect(store.get("key")).toBe("value");
  await store.remove("key");
  expect(store.get("key") ?? null).toBeNull();
  if (trouble === "blocked") Reflect.deleteProperty(globalThis, "localStorage");
});
