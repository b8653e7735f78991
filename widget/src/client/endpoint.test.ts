import { afterEach, expect, it, vi } from "vitest";
import { httpUrl, socketUrl } from "./endpoint.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([
  ["wss://agent.example", "wss://agent.example/ws"],
  ["https://agent.example/", "wss://agent.example/ws"],
  ["http://127.0.0.1:8787", "ws://127.0.0.1:8787/ws"],
  ["https://agent.example?token=t#part", "wss://agent.example/ws?token=t"],
  ["ws://agent.example/chat/socket", "ws://agent.example/chat/socket"],
])("takes %s for %s", (endpoint, url) => {
  expect(socketUrl(endpoint)).toBe(url);
});

it.each(["", "/ws", "ftp://agent.example", "javascript:alert(1)", "wss://"])(
  "refuses %s where there is no page",
  (endpoint) => {
    expect(() => socketUrl(endpoint)).toThrow(TypeError);
  },
);

it("is relative to the page", () => {
  vi.stubGlobal("location", { href: "https://shop.example/orders/1" });
  expect(socketUrl("/")).toBe("wss://shop.example/ws");
  expect(socketUrl("/agent")).toBe("wss://shop.example/agent");
});

it("has the form of a plain request too", () => {
  expect(httpUrl("wss://ws.example/ws?x=ws")).toBe("https://ws.example/ws?x=ws");
  expect(httpUrl("ws://agent.example/ws")).toBe("http://agent.example/ws");
});
