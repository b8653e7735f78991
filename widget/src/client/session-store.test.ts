import { afterEach, expect, it, vi } from "vitest";
import { browserSessionStore } from "./session-store.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

function storageOver(items: Map<string, string>) {
  return {
    get length() {
      return items.size;
    },
    key: (index: number) => [...items.keys()][index] ?? null,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

it.each(["local", "session"] as const)("keeps in %sStorage alone", async (mode) => {
  const items = new Map([["the host's", "own"]]);
  const other = new Map<string, string>();
  vi.stubGlobal("localStorage", storageOver(mode === "local" ? items : other));
  vi.stubGlobal("sessionStorage", storageOver(mode === "local" ? other : items));
  await browserSessionStore(mode).set("key", "value");
  const later = browserSessionStore(mode);
  expect(later.get("key")).toBe("value");
  expect(await later.keys?.()).toEqual(["the host's", "key"]);
  await later.remove("key");
  expect([...items, ...other]).toEqual([["the host's", "own"]]);
});

it("keeps nothing beyond itself with none", async () => {
  const items = new Map<string, string>();
  vi.stubGlobal("localStorage", storageOver(items));
  vi.stubGlobal("sessionStorage", storageOver(items));
  const store = browserSessionStore("none");
  await store.set("key", "value");
  expect(store.get("key")).toBe("value");
  expect(await store.keys?.()).toEqual(["key"]);
  expect(items.size).toBe(0);
  expect(browserSessionStore("none").get("key") ?? null).toBeNull();
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
