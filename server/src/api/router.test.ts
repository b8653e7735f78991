import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import type { Principal } from "../auth/principal.js";
import { StorageError } from "../store/storage-error.js";
import { notFound } from "./api-error.js";
import { identifier, pageLimit } from "./field.js";
import type { ApiPorts } from "./ports.js";
import { ADMIN, CURATOR, route, type Route } from "./route.js";
import { apiRouter } from "./router.js";
import { TURN_LIMITS } from "../turn/ports.js";

// The router alone, on a real socket, with routes of its own: what holds for every route there is.

const PRINCIPALS: Record<string, Partial<Principal>> = {
  admin: { role: "admin", organizationId: "acme" },
  curator: { role: "curator", organizationId: "acme" },
  cook: { role: "cook", organizationId: "acme" },
  nobody: { role: null, organizationId: "acme" },
  homeless: { role: "admin", organizationId: null },
};

const echo = route({
  name: "echo",
  method: "put",
  path: "/things/{thingId}",
  summary: "Says what it was told.",
  roles: CURATOR,
  params: z.strictObject({ thingId: identifier }),
  query: z.strictObject({ limit: pageLimit }),
  body: z.strictObject({ text: z.string(), deep: z.unknown().optional() }),
  answer: z.unknown(),
  handle: async ({ params, query, body, organizationId, role }) => ({
    body: { params, query, body, organizationId, role },
  }),
});

const failing = (name: string, error: unknown): Route =>
  route({
    name,
    method: "get",
    path: `/${name}`,
    summary: "Fails.",
    roles: ADMIN,
    params: null,
    query: null,
    body: null,
    answer: null,
    handle: async () => {
      throw error;
    },
  });

const ROUTES = [
  echo,
  failing("missing", notFound()),
  failing("broken", new Error("hunter2 at 10.0.0.7")),
  failing("unstored", new StorageError(new Error("hunter2"))),
];

async function served(
  over: Partial<ApiPorts> = {},
  before?: (app: Express) => void,
): Promise<{ url: string; log: unknown[] }> {
  const log: unknown[] = [];
  const write = (line: unknown) => void log.push(line);
  const ports = {
    principals: {
      async verify(token: string) {
        const known = PRINCIPALS[token];
        return known ? { userId: token, name: null, email: null, ...known } : null;
      },
    },
    isAway: () => false,
    limits: { apiRequestsPerMinute: 1_000 },
    log: { error: write, debug: write, info: write },
    ...over,
  } as unknown as ApiPorts;
  const app = express();
  before?.(app);
  app.use("/api", apiRouter(ROUTES, ports));
  app.get("/api/hosts-own", (_request, response) => void response.send("host"));
  const http = createServer(app);
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void http.close());
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/api`, log };
}

async function put(
  url: string,
  { path = "/things/t1", token = "admin", type = "application/json", body = '{"text":"hi"}' } = {},
) {
  const headers = { authorization: `Bearer ${token}`, "content-type": type };
  const response = await fetch(url + path, { method: "PUT", headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function refusal(url: string, given: Parameters<typeof put>[1]): Promise<string> {
  const { status, text } = await put(url, given);
  return `${status} ${(JSON.parse(text) as { error: { message: string } }).error.message}`;
}

describe("every route", () => {
  test("gets what was checked, and answers JSON that nobody keeps or guesses at", async () => {
    const { url } = await served();
    const { status, headers, text } = await put(url, { path: "/things/a%20b?limit=7" });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      params: { thingId: "a b" },
      query: { limit: 7 },
      body: { text: "hi" },
      organizationId: "acme",
      role: "admin",
    });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    for (const name of ["access-control-allow-origin", "set-cookie", "etag"]) {
      expect(headers.get(name)).toBeNull();
    }
  });

  test.each(["", "Bearer", "Bearer ", "Bearer stranger", "Basic YTpi", "admin", "Bearer a b"])(
    "refuses the authorization %j, and reads nothing of the request",
    async (authorization) => {
      const { url } = await served();
      const response = await fetch(`${url}/things/t1?limit=x`, {
        method: "PUT",
        headers: { authorization },
        body: "{",
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(await response.text()).toBe(
        '{"error":{"code":"UNAUTHENTICATED","message":"A bearer token of a principal is needed in the Authorization header."}}',
      );
    },
  );

  test.each([
    ["cook", "Your role does not allow this."],
    ["nobody", "Your role does not allow this."],
    ["homeless", "Your token names no organization."],
  ])("refuses %s before it looks at what is asked", async (token, message) => {
    const { url } = await served();
    const { status, text } = await put(url, { token, body: "{" });
    expect([status, text]).toEqual([403, `{"error":{"code":"FORBIDDEN","message":"${message}"}}`]);
  });

  test("is for the roles it names", async () => {
    const { url } = await served();
    expect((await put(url, { token: "curator" })).status).toBe(200);
    const headers = { authorization: "Bearer curator" };
    expect((await fetch(`${url}/missing`, { headers })).status).toBe(403);
  });

  test.each([
    ["no JSON", { body: "{" }, "The body must be JSON."],
    ["nothing", { body: "" }, "The body must be JSON."],
    ["another type", { type: "text/plain" }, "Content-Type must be application/json."],
    ["an array", { body: "[]" }, "The body must be an object."],
    ["null", { body: "null" }, "The body must be an object."],
    ["a field missing", { body: "{}" }, "text is required."],
    ["null in a field", { body: '{"text":null}' }, "text must be a string."],
    ["a wrong type", { body: '{"text":["hunter2"]}' }, "text must be a string."],
    ["an unknown field", { body: '{"text":"a","toString":1}' }, "toString is not known here."],
    [
      "__proto__",
      { body: '{"__proto__":{"text":"a"}}' },
      "The body has a key that is not allowed.",
    ],
    [
      "__proto__ far inside",
      { body: '{"text":"a","deep":[{"__proto__":1}]}' },
      "deep.0 has a key that is not allowed.",
    ],
    [
      "a lone surrogate",
      { body: '{"text":"\\ud800"}' },
      "text must be well-formed text without NUL characters.",
    ],
    [
      "NUL",
      { body: '{"text":"\\u0000"}' },
      "text must be well-formed text without NUL characters.",
    ],
    [
      "too deep a body",
      { body: `{"text":"a","deep":${"[".repeat(40_000)}${"]".repeat(40_000)}}` },
      "The body may be nested at most 24 levels deep.",
    ],
    [
      "too long a body",
      { body: JSON.stringify({ text: "a".repeat(256 * 1024) }) },
      "The body may have at most 256 KiB.",
    ],
    ["a bad limit", { path: "/things/t?limit=0" }, "limit must be a whole number from 1 to 100."],
    [
      "a limit twice",
      { path: "/things/t?limit=1&limit=2" },
      "A field of the query may be given once.",
    ],
    ["an unknown query", { path: "/things/t?x=1" }, "x is not known here."],
    ["a path that is no text", { path: "/things/%ff" }, "The path must be percent-encoded."],
    ["a blank id", { path: "/things/%20" }, "thingId must not be blank."],
    [
      "an id with NUL",
      { path: "/things/%00a" },
      "thingId must be well-formed text without control characters.",
    ],
    [
      "too long an id",
      { path: `/things/${"a".repeat(257)}` },
      "thingId must be at most 256 characters.",
    ],
  ])("refuses %s", async (_, given, message) => {
    const { url } = await served();
    expect(await refusal(url, given)).toBe(`400 ${message}`);
  });

  test("reads what the host's own parser has read, and no deeper", async () => {
    const { url } = await served({}, (app) => app.use(express.json({ limit: "1mb" })));
    expect((await put(url)).status).toBe(200);
    const raw = await served({}, (app) => app.use(express.raw({ type: () => true })));
    expect((await put(raw.url)).status).toBe(200);
    const body = `{"text":"a","deep":${"[".repeat(40_000)}${"]".repeat(40_000)}}`;
    expect(await refusal(url, { body })).toBe("400 The body may be nested at most 24 levels deep.");
    const hostile = '{"text":"a","deep":{"__proto__":{"admin":true}}}';
    expect(await refusal(url, { body: hostile })).toBe("400 deep has a key that is not allowed.");
  });

  test("tells nothing of a fault, and logs nothing that was said", async () => {
    const { url, log } = await served();
    const headers = { authorization: "Bearer admin" };
    const texts = ["missing", "broken", "unstored"].map(async (name) => {
      const response = await fetch(`${url}/${name}?`, { headers });
      return `${response.status} ${await response.text()}`;
    });
    expect(await Promise.all(texts)).toEqual([
      '404 {"error":{"code":"NOT_FOUND","message":"There is nothing here by this name."}}',
      '500 {"error":{"code":"INTERNAL_ERROR","message":"Something went wrong on the server."}}',
      '503 {"error":{"code":"STORAGE_ERROR","message":"The request could not be stored or read. Please try again."}}',
    ]);
    await put(url, { path: "/things/secret-id?limit=secret-limit" });
    await put(url, { body: '{"text":"secret-text"' });
    expect(log.length).toBeGreaterThanOrEqual(5);
    expect(JSON.stringify(log)).not.toMatch(/secret|hunter2|10\.0\.0\.7|Bearer/);
  });

  test("leaves a note of who changed something, and of nothing that was said", async () => {
    const { url, log } = await served();
    await put(url, { path: "/things/secret-id" });
    expect(log).toEqual([{ operation: "echo", organizationId: "acme", principal: "admin" }]);
  });

  test("is bounded for each principal", async () => {
    const { url } = await served({ limits: { ...TURN_LIMITS, apiRequestsPerMinute: 2 } });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await put(url)).status);
    const { status, headers, text } = await put(url);
    expect([...statuses, status]).toEqual([200, 200, 429, 429]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(text).toContain('"code":"RATE_LIMITED"');
    expect((await put(url, { token: "curator" })).status).toBe(200);
  });

  test("is away while the server starts or drains", async () => {
    const { url } = await served({ isAway: () => true });
    expect(await refusal(url, { token: "stranger" })).toBe(
      "503 The server is restarting. Please try again.",
    );
  });
});

test("what the API does not know falls through to the host, untouched", async () => {
  const { url } = await served();
  expect(await (await fetch(`${url}/hosts-own`)).text()).toBe("host");
  expect((await fetch(`${url}/unknown`)).status).toBe(404);
  expect((await fetch(`${url}/unknown/%ff`)).status).toBe(404);
  expect((await fetch(`${url}/things/t1`, { method: "POST" })).status).toBe(404);
});
