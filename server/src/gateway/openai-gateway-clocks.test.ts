import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf, partsOf, request, textOf } from "./gateway.contract.js";
import type { GatewayLimits } from "./gateway-limits.js";
import {
  delta,
  DONE,
  hello,
  helloAnswer,
  modelServer,
  opened,
  streamed,
  usageEvent,
  type ModelServer,
} from "./model-server.fixture.js";
import { openaiGateway } from "./openai-gateway.js";

let server: ModelServer;
beforeEach(async () => {
  server = await modelServer();
});
afterEach(async () => {
  await server.close();
});

const gatewayWith = (limits: Partial<GatewayLimits> = {}) =>
  openaiGateway({ apiKey: "k", baseURL: server.url, limits: { backoffMs: 1, ...limits } });

describe("the clocks", () => {
  test("no headers: the first-token limit, then another attempt", async () => {
    server.script(() => {}, helloAnswer);
    expect(textOf(await partsOf(gatewayWith({ firstTokenMs: 200 })))).toBe("Hello");
    expect(await (await server.request(0)).closed).toBe(false);
  });

  test("comments are no token", async () => {
    server.script(async (response) => {
      await opened(delta({ role: "assistant", content: "" }))(response);
      const timer = setInterval(() => response.write(": processing\n\n"), 5);
      response.on("close", () => clearInterval(timer));
    });
    const { error } = await failureOf(gatewayWith({ firstTokenMs: 50, maxAttempts: 2 }));
    expect(error.fault).toBe("timeout");
    expect(server.requests).toHaveLength(2);
    await Promise.all(server.requests.map((asked) => asked.closed));
  });

  test("silence after the first token: the idle limit, and no other attempt", async () => {
    server.script(opened(...hello));
    const { parts, error } = await failureOf(gatewayWith({ idleMs: 40 }));
    expect(textOf(parts)).toBe("Hello");
    expect(error.fault).toBe("timeout");
    expect(await (await server.request(0)).closed).toBe(false);
    expect(server.requests).toHaveLength(1);
  });

  test("comments keep a flowing stream alive, up to the total limit", async () => {
    server.script(async (response) => {
      await opened(...hello)(response);
      const timer = setInterval(() => response.write(": still here\n\n"), 10);
      response.on("close", () => clearInterval(timer));
    });
    const start = performance.now();
    const { error } = await failureOf(gatewayWith({ idleMs: 300, totalMs: 500 }));
    expect(error.fault).toBe("timeout");
    expect(performance.now() - start).toBeGreaterThan(490);
  });

  test("a slow reader is not a silent gateway", async () => {
    server.script(streamed(...hello, delta({ content: "!" }), delta({}, "stop"), DONE));
    let text = "";
    const gateway = gatewayWith({ idleMs: 150 });
    for await (const part of gateway.stream(request, new AbortController().signal)) {
      if (part.type === "text") text += part.text;
      await new Promise((later) => setTimeout(later, 200));
    }
    expect(text).toBe("Hello!");
  });

  test("all attempts share the total limit", async () => {
    server.script(() => {});
    const start = performance.now();
    const { error } = await failureOf(
      gatewayWith({ firstTokenMs: 60, totalMs: 100, maxAttempts: 9 }),
    );
    expect(error.fault).toBe("timeout");
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(server.requests.length).toBeLessThan(4);
  });

  test("a limit longer than a timer can be is no limit of zero", async () => {
    server.script(helloAnswer);
    const gateway = gatewayWith({ firstTokenMs: Infinity, idleMs: 2 ** 40, totalMs: Infinity });
    expect(textOf(await partsOf(gateway))).toBe("Hello");
  });
});

describe("after the finish reason", () => {
  const finished = [...hello, delta({}, "stop")];
  const stop = { type: "finish", reason: "stop", toolCalls: [] };

  test("a stream that stays open ends after a short grace, without usage", async () => {
    server.script(opened(...finished));
    expect((await partsOf(gatewayWith({ usageGraceMs: 30 }))).at(-1)).toEqual(stop);
    expect(await (await server.request(0)).closed).toBe(false);
  });

  test("comments do not prolong the grace", async () => {
    server.script(async (response) => {
      await opened(...finished)(response);
      const timer = setInterval(() => response.write(": still here\n\n"), 5);
      response.on("close", () => clearInterval(timer));
    });
    expect((await partsOf(gatewayWith({ usageGraceMs: 50 }))).at(-1)).toEqual(stop);
  });

  test("usage that comes within the grace is taken, and not a byte more is awaited", async () => {
    server.script(async (response) => {
      await opened(...finished)(response);
      setTimeout(() => response.write(usageEvent(1, 2)), 20);
    });
    expect((await partsOf(gatewayWith({ usageGraceMs: 5_000 }))).at(-1)).toMatchObject({
      usage: { promptTokens: 1, completionTokens: 2 },
    });
  });

  test("a destroyed socket costs only the usage", async () => {
    server.script(async (response) => {
      await opened(...finished)(response);
      setTimeout(() => response.destroy(), 10);
    });
    expect((await partsOf(gatewayWith())).at(-1)).toEqual(stop);
  });

  test("an abort still wins", async () => {
    server.script(opened(...finished));
    const controller = new AbortController();
    const { parts, error } = await failureOf(gatewayWith(), controller.signal, () =>
      setTimeout(() => controller.abort(), 20),
    );
    expect(textOf(parts)).toBe("Hello");
    expect(error.fault).toBe("aborted");
  });
});
