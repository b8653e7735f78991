import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { bearerOf } from "../auth/bearer.js";
import { handshakeToken, takeTokens } from "./handshake-token.js";

const request = (url: string | undefined, authorization?: string) =>
  ({ url, headers: { authorization } }) as IncomingMessage;

test.each<[string | undefined, string | undefined, string, string | null]>([
  ["/ws", undefined, "/ws", null],
  [undefined, undefined, "undefined", null],
  ["/ws?token=a.b.c", undefined, "/ws", "a.b.c"],
  ["/ws/?x=1&token=a.b.c&y=%20", undefined, "/ws/?x=1&y=+", "a.b.c"],
  ["/ws?tok%65n=hush", undefined, "/ws", "hush"],
  ["/ws?a=?token=x&token=hush", undefined, "/ws?a=%3Ftoken%3Dx", "hush"],
  ["/ws?token=", undefined, "/ws", ""],
  ["/ws?token=a&token=a", undefined, "/ws", "a"],
  ["/ws?token=a&token=b", undefined, "/ws", ""],
  ["/ws?token=a", "Bearer a", "/ws", "a"],
  ["/ws?token=a", "Bearer b", "/ws", ""],
  ["/ws", "Bearer a", "/ws", "a"],
  ["/ws", "bearer  a ", "/ws", "a"],
  ["/ws", "Bearer", "/ws", ""],
  ["/ws", "Basic YTpi", "/ws", null],
  ["/ws", "Bearerish a", "/ws", null],
])("of %s with %j leaves %s, and the token %j", (url, authorization, left, token) => {
  const message = request(url, authorization);
  takeTokens(message);
  expect(String(message.url)).toBe(left);
  takeTokens(message);
  expect(handshakeToken(message), "however often it is taken").toBe(token);
});

test("bearerOf reads the header alone", () => {
  expect(bearerOf(request("/api?token=a"))).toBeNull();
  expect(bearerOf(request("/api?token=a", "Bearer b"))).toBe("b");
});
