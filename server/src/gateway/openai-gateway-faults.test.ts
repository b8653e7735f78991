import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { failureOf, partsOf, textOf } from "./gateway.contract.js";
import type { GatewayLimits } from "./gateway-limits.js";
import {
  delta,
  DONE,
  event,
  hello,
  helloAnswer,
  modelServer,
  opened,
  refused,
  streamed,
  type ModelServer,
} from "./model-server.fixture.js";
import { openaiGateway } from "./openai-gateway.js";

const KEY = "sk-very-secret-key";
let server: ModelServer;
beforeEach(async () => {
  server = await modelServer();
});
afterEach(async () => {
  await server.close();
  vi.restoreAllMocks();
});

const gatewayWith = (limits: Partial<GatewayLimits> = {}) =>
  openaiGateway({ apiKey: KEY, baseURL: server.url, limits: { backoffMs: 1, ...limits } });

describe("a fault before the first part", () => {
  test.each([
    [400, "rejected", 1],
    [401, "unauthenticated", 1],
    [403, "unauthenticated", 1],
    [404, "rejected", 1],
    [408, "unavailable", 3],
    [422, "rejected", 1],
    [429, "rate_limited", 3],
    [500, "unavailable", 3],
    [503, "unavailable", 3],
    [529, "unavailable", 3],
  ])("status %i is %s, after %i requests", async (status, fault, requests) => {
    server.script(refused(status));
    const { error } = await failureOf(gatewayWith());
    expect(error.fault).toBe(fault);
    expect(server.requests).toHaveLength(requests);
  });

  test("an exhausted account is not asked again", async () => {
    server.script(refused(429, {}, { code: "insufficient_quota" }));
    expect((await failureOf(gatewayWith())).error.fault).toBe("rejected");
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["an HTML page", "text/html", "<html>hello</html>"],
    ["a JSON answer", "application/json", '{"choices":[{"message":{"content":"hello"}}]}'],
    ["an empty stream", "text/event-stream", ""],
    ["a stream of comments", "text/event-stream", ": hello\n\n: hello\n\n"],
    ["a stream of [DONE] only", "text/event-stream", DONE],
    ["a malformed event", "text/event-stream", 'data: {"choices":[hello\n\n'],
    ["an error event", "text/event-stream", event({ error: { message: "hello" } })],
  ])("%s with status 200 is unavailable", async (_name, type, body) => {
    const print = vi.spyOn(process.stderr, "write");
    const consoles = (["log", "info", "warn", "error", "debug"] as const).map((level) =>
      vi.spyOn(console, level),
    );
    server.script((response) => response.writeHead(200, { "content-type": type }).end(body));
    const { parts, error } = await failureOf(gatewayWith());
    expect(parts).toEqual([]);
    expect(error.fault).toBe("unavailable");
    expect(error.message).not.toContain("hello");
    expect(server.requests).toHaveLength(3);
    for (const spy of [print, ...consoles]) expect(spy).not.toHaveBeenCalled();
  });

  test("a socket destroyed before the headers is unavailable", async () => {
    server.script((response) => response.destroy());
    expect((await failureOf(gatewayWith())).error.fault).toBe("unavailable");
    expect(server.requests).toHaveLength(3);
  });

  test("an address where nobody listens is unavailable", async () => {
    await server.close();
    const { error } = await failureOf(gatewayWith());
    expect(error).toMatchObject({ fault: "unavailable" });
    expect(error.message).toContain("ECONNREFUSED");
    server = await modelServer();
  });

  test("is forgotten when a later attempt succeeds", async () => {
    server.script(refused(503), streamed(delta({ role: "assistant" })), helloAnswer);
    const parts = await partsOf(gatewayWith());
    expect(textOf(parts)).toBe("Hello");
    expect(server.requests).toHaveLength(3);
  });

  test("a tool call that was cut off is asked for again as a whole", async () => {
    const half = delta({
      tool_calls: [{ index: 0, id: "a", function: { name: "look", arguments: '{"a' } }],
    });
    const whole = delta({
      tool_calls: [{ index: 0, id: "b", function: { name: "look", arguments: "{}" } }],
    });
    server.script(streamed(half), streamed(whole, delta({}, "tool_calls"), DONE));
    expect(await partsOf(gatewayWith())).toEqual([
      {
        type: "finish",
        reason: "tool_calls",
        toolCalls: [{ id: "b", name: "look", arguments: "{}" }],
      },
    ]);
  });

  test("Retry-After is waited for", async () => {
    server.script(refused(429, { "retry-after": "0.2" }), helloAnswer);
    await partsOf(gatewayWith());
    const [first, second] = server.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(190);
  });

  test("a Retry-After beyond the limit fails at once and is reported", async () => {
    server.script(refused(503, { "retry-after": "11" }));
    const { error } = await failureOf(gatewayWith());
    expect(error).toMatchObject({ fault: "unavailable", retryAfterMs: 11_000 });
    expect(server.requests).toHaveLength(1);
  });

  test("a wait beyond the total limit is not begun", async () => {
    server.script(refused(429, { "retry-after": "5" }));
    expect((await failureOf(gatewayWith({ totalMs: 4_000 }))).error.fault).toBe("rate_limited");
    expect(server.requests).toHaveLength(1);
  });

  test("an abort ends the wait between attempts", async () => {
    server.script(refused(429, { "retry-after": "9" }));
    const controller = new AbortController();
    const failure = failureOf(gatewayWith(), controller.signal);
    await (
      await server.request(0)
    ).closed;
    controller.abort();
    expect((await failure).error.fault).toBe("aborted");
    expect(server.requests).toHaveLength(1);
  });
});

describe("a fault after the first part is final", () => {
  test.each([
    ["an end without finish reason", streamed(...hello), "unavailable"],
    ["a malformed event", streamed(...hello, event('{"x')), "unavailable"],
    [
      "an error",
      streamed(...hello, event({ error: { code: 429, message: "no" } })),
      "rate_limited",
    ],
  ])("%s", async (_name, script, fault) => {
    server.script(script);
    const { parts, error } = await failureOf(gatewayWith());
    expect(parts).toEqual([{ type: "text", text: "Hello" }]);
    expect(error.fault).toBe(fault);
    expect(server.requests).toHaveLength(1);
  });

  test("a destroyed socket", async () => {
    server.script(opened(...hello));
    const { error } = await failureOf(gatewayWith(), undefined, () => {
      void server.close();
    });
    expect(error.fault).toBe("unavailable");
    expect(server.requests).toHaveLength(1);
    server = await modelServer();
  });

  test("an answer that is too large", async () => {
    const more = Array.from({ length: 100 }, () => delta({ content: "x" }));
    server.script(streamed(...hello, ...more, delta({}, "stop"), DONE));
    expect(textOf(await partsOf(gatewayWith({ maxAnswerBytes: 20_000 })))).toHaveLength(105);
    const { error } = await failureOf(gatewayWith({ maxAnswerBytes: 2_000 }));
    expect(error.fault).toBe("unavailable");
  });

  test("an error that follows the finish reason", async () => {
    const end = [delta({}, "stop"), event({ error: { code: 502 } })];
    server.script(streamed(...hello, ...end));
    expect((await failureOf(gatewayWith())).error.fault).toBe("unavailable");
  });

  test("a page that does not end is left at once", async () => {
    server.script((response) => {
      response.writeHead(200, { "content-type": "text/html" }).write("<html>");
    });
    const { error } = await failureOf(gatewayWith({ maxAttempts: 1 }));
    expect(error.fault).toBe("unavailable");
    expect(await (await server.request(0)).closed).toBe(false);
  });
});

describe("what a failure says", () => {
  test.each([400, 401, 429, 500])("of status %i: nothing that anybody wrote", async (status) => {
    const secrets = {
      message: `${KEY} hello world`,
      code: KEY,
      type: "some words",
      param: "hello",
    };
    server.script(refused(status, {}, secrets));
    const { error } = await failureOf(gatewayWith({ maxAttempts: 1 }));
    expect(error.message).toBe(`the gateway answered ${status}`);
    expect(error.cause).toBeUndefined();
    expect(Object.keys(error).toSorted()).toEqual(["fault", "name", "retryAfterMs"]);
  });

  test("the upstream code, when it is a plain name", async () => {
    server.script(refused(404, {}, { code: "model_not_found" }));
    const { error } = await failureOf(gatewayWith());
    expect(error.message).toBe("the gateway answered 404 (model_not_found)");
  });
});
