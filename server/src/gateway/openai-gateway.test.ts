import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { failureOf, partsOf, request, textOf } from "./gateway.contract.js";
import type { GatewayLimits } from "./gateway-limits.js";
import {
  delta,
  DONE,
  hello,
  helloAnswer,
  modelServer,
  opened,
  refused,
  streamed,
  usageEvent,
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

const gatewayWith = (limits: Partial<GatewayLimits> = {}, apiKey = KEY) =>
  openaiGateway({ apiKey, baseURL: server.url, limits: { backoffMs: 1, ...limits } });

describe("a request", () => {
  test("asks for a stream with usage, with the key as bearer", async () => {
    server.script(helloAnswer);
    await partsOf(gatewayWith({}, ` ${KEY}\n`));
    const asked = await server.request(0);
    expect(asked.path).toBe("/v1/chat/completions");
    expect(asked.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(asked.body).toMatchObject({
      model: "m",
      stream: true,
      stream_options: { include_usage: true },
      tools: [{ type: "function", function: { name: "look" } }],
    });
  });

  test("reports usage, and the cost that the gateway puts into a header", async () => {
    server.script(async (response) => {
      response.setHeader("x-litellm-response-cost", "0.0125");
      await streamed(...hello, delta({}, "stop"), usageEvent(7, 2), DONE)(response);
    });
    const finish = (await partsOf(gatewayWith())).at(-1);
    expect(finish).toMatchObject({
      usage: { costUsd: 0.0125, promptTokens: 7, completionTokens: 2 },
    });
  });

  test("leaves its connection to later ones, also when the stream ends late", async () => {
    server.script(async (response) => {
      await opened(...hello, delta({}, "stop"), DONE)(response);
      setTimeout(() => response.end(), 10);
    });
    const gateway = gatewayWith();
    for (let at = 0; at < 6; at++) {
      await partsOf(gateway);
      expect(await server.requests[at]?.closed).toBe(true);
    }
    expect(new Set(server.requests.map((asked) => asked.port)).size).toBeLessThan(4);
  });

  test("leaves its connection to later ones when its reader stops at the finish", async () => {
    server.script(async (response) => {
      await opened(...hello, delta({}, "stop"), DONE)(response);
      setTimeout(() => response.end(), 10);
    });
    for await (const part of gatewayWith().stream(request, new AbortController().signal)) {
      if (part.type === "finish") break;
    }
    expect(await (await server.request(0)).closed).toBe(true);
  });

  test("several at once do not mix", async () => {
    server.script(async (response, { body }) => {
      const pieces = Array.from(`I am ${String(body["model"])}`).map((content) =>
        delta({ content }),
      );
      await streamed(...pieces, delta({}, "stop"), DONE)(response);
    });
    const gateway = gatewayWith();
    const models = Array.from({ length: 20 }, (_, at) => `model ${at}`);
    const answers = await Promise.all(
      models.map((model) => partsOf(gateway, { ...request, model })),
    );
    expect(answers.map((parts) => textOf(parts))).toEqual(models.map((model) => `I am ${model}`));
  });

  test.each(["", "  ", "sk-\u0000", "sk-ключ"])("is not sent with the key %j", async (key) => {
    const { error } = await failureOf(gatewayWith({}, key));
    expect(error.fault).toBe("unauthenticated");
    expect(server.requests).toHaveLength(0);
  });
});

describe("giving up", () => {
  test.each([
    ["no headers yet", () => {}],
    ["headers, no byte", opened()],
    ["comments only", opened(": hello\n\n")],
    ["half an event", opened('data: {"choices')],
  ])("an abort while silent closes the request at once: %s", async (_name, script) => {
    server.script(script);
    const controller = new AbortController();
    const failure = failureOf(gatewayWith(), controller.signal);
    const asked = await server.request(0);
    const start = performance.now();
    controller.abort();
    expect((await failure).error.fault).toBe("aborted");
    expect(await asked.closed).toBe(false);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(server.requests).toHaveLength(1);
  });

  test("return() closes the request even while a read is waiting", async () => {
    server.script(opened(...hello));
    const stream = gatewayWith().stream(request, new AbortController().signal);
    const parts = stream[Symbol.asyncIterator]();
    await parts.next();
    const [waiting] = await Promise.allSettled([parts.next(), parts.return?.()]);
    expect(waiting).toMatchObject({ status: "rejected", reason: { fault: "aborted" } });
    expect(await (await server.request(0)).closed).toBe(false);
  });

  test("an abort between two parts that came together stops the second", async () => {
    server.script((response) =>
      response
        .writeHead(200, { "content-type": "text/event-stream" })
        .end(hello.join("") + delta({ content: " there" }) + delta({}, "stop") + DONE),
    );
    const controller = new AbortController();
    const { parts, error } = await failureOf(gatewayWith(), controller.signal, () =>
      controller.abort(),
    );
    expect(textOf(parts)).toBe("Hello");
    expect(error.fault).toBe("aborted");
  });

  test("a stream that nobody reads sends nothing", async () => {
    server.script(helloAnswer);
    gatewayWith().stream(request, new AbortController().signal);
    await partsOf(gatewayWith());
    expect(server.requests).toHaveLength(1);
  });

  test("leaves no listener on the caller's signal", async () => {
    server.script(refused(503), helloAnswer);
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    for await (const part of gatewayWith().stream(request, signal)) expect(part).toBeDefined();
    expect(add.mock.calls.length).toBe(1);
    expect(remove.mock.calls.map((args) => args[1])).toEqual(add.mock.calls.map((args) => args[1]));
  });
});
