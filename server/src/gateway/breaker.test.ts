import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { breaker, CircuitOpenError, type BreakerLimits } from "./breaker.js";
import { failureOf, partsOf, request, textOf } from "./gateway.contract.js";
import type { Gateway } from "./gateway.js";
import { guardedGateway } from "./guarded-gateway.js";
import {
  delta,
  DONE,
  hello,
  helloAnswer,
  modelServer,
  opened,
  refused,
  streamed,
  type ModelAnswer,
  type ModelServer,
} from "./model-server.fixture.js";
import { openaiGateway } from "./openai-gateway.js";

let server: ModelServer;
let changes: boolean[];
beforeEach(async () => {
  server = await modelServer();
  changes = [];
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await server.close();
});

const LIMITS: BreakerLimits = { breakerFaults: 3, breakerMs: 5_000 };
const DOWN = refused(503);
const CUT = streamed(...hello);

function gatewayWith(limits: Partial<BreakerLimits> = {}, maxAttempts = 1): Gateway {
  const own = breaker({ ...LIMITS, ...limits }, (isOpen) => changes.push(isOpen));
  const times = { maxAttempts, backoffMs: 1, firstTokenMs: 500 };
  return openaiGateway({ apiKey: "k", baseURL: server.url, limits: times, breaker: own });
}

async function fails(gateway: Gateway, times: number, answer: ModelAnswer = DOWN): Promise<void> {
  server.script(answer);
  for (let time = 0; time < times; time += 1) await failureOf(gateway);
}

const isRefusedAtOnce = async (gateway: Gateway): Promise<boolean> => {
  const before = server.requests.length;
  server.script(helloAnswer);
  const { error } = await failureOf(gateway);
  expect(error).toBeInstanceOf(CircuitOpenError);
  expect(error).toMatchObject({ fault: "unavailable", retryable: true });
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(0);
  expect(error.retryAfterMs).toBeLessThanOrEqual(LIMITS.breakerMs);
  return server.requests.length === before;
};

const answers = async (gateway: Gateway): Promise<void> => {
  server.script(helloAnswer);
  expect(textOf(await partsOf(gateway))).toBe("Hello");
};

const later = (ms: number) => void vi.setSystemTime(Date.now() + ms);

describe("a gateway that is down", () => {
  test.each<[string, ModelAnswer]>([
    ["503", DOWN],
    ["answers cut off in the middle", CUT],
    ["no answer", opened()],
    ["cut connections", (response) => response.destroy()],
  ])("is left alone after that many faults in a row: %s", async (_name, answer) => {
    const gateway = gatewayWith();
    await fails(gateway, 3, answer);
    expect(server.requests).toHaveLength(3);
    expect(await isRefusedAtOnce(gateway)).toBe(true);
    expect(changes).toEqual([true]);
  });

  test("is not tried again by a step that was under way", async () => {
    const gateway = gatewayWith({}, 10);
    server.script(DOWN);
    const { error } = await failureOf(gateway);
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(server.requests).toHaveLength(3);
  });

  test("is used again once one request got an answer after a while", async () => {
    const gateway = gatewayWith();
    await fails(gateway, 3);
    later(LIMITS.breakerMs - 1);
    expect(await isRefusedAtOnce(gateway)).toBe(true);
    later(1);
    await answers(gateway);
    await answers(gateway);
    await fails(gateway, 2);
    await answers(gateway);
    expect(changes).toEqual([true, false]);
  });

  test("is left alone as long again when the trial fails", async () => {
    const gateway = gatewayWith();
    await fails(gateway, 3);
    later(LIMITS.breakerMs);
    await fails(gateway, 1);
    expect(server.requests).toHaveLength(4);
    later(LIMITS.breakerMs - 1);
    expect(await isRefusedAtOnce(gateway)).toBe(true);
    later(1);
    await answers(gateway);
  });

  test("is tried by one request alone, and used by all as soon as that one gets a token", async () => {
    const gateway = gatewayWith();
    await fails(gateway, 3);
    later(LIMITS.breakerMs);
    let speak: () => void = () => {};
    const silence = new Promise<void>((resolve) => (speak = resolve));
    server.script(async (response) => {
      await opened(delta({ role: "assistant" }))(response);
      await silence;
      response.write(delta({ content: "Hi" }));
    }, helloAnswer);
    const stop = new AbortController();
    const trial = gateway.stream(request, stop.signal)[Symbol.asyncIterator]();
    const first = trial.next();
    await server.request(3);
    for (let n = 0; n < 5; n += 1) {
      expect((await failureOf(gateway)).error).toBeInstanceOf(CircuitOpenError);
    }
    expect(server.requests).toHaveLength(4);
    speak();
    expect(await first).toMatchObject({ value: { text: "Hi" } });
    expect(textOf(await partsOf(gateway))).toBe("Hello");
    stop.abort();
    await expect(trial.next()).rejects.toMatchObject({ fault: "aborted" });
  });
});

describe("what is not the gateway's fault", () => {
  test.each([400, 401, 404, 429])("status %i never leaves it alone", async (status) => {
    const gateway = gatewayWith();
    await fails(gateway, 10, refused(status, { "retry-after": "60" }));
    expect(server.requests).toHaveLength(10);
    expect(changes).toEqual([]);
  });

  test("an answer between faults begins the count anew", async () => {
    const gateway = gatewayWith();
    for (let n = 0; n < 4; n += 1) {
      await fails(gateway, 2);
      await answers(gateway);
    }
    expect(changes).toEqual([]);
  });

  test("a visitor's abort is neither fault nor answer", async () => {
    const gateway = gatewayWith();
    await fails(gateway, 2);
    for (const beginning of [[], hello]) {
      for (let n = 0; n < 3; n += 1) {
        server.script(opened(...beginning));
        const stop = new AbortController();
        const asked = server.requests.length;
        const failure = failureOf(gateway, stop.signal, () => stop.abort());
        await server.request(asked);
        if (beginning.length === 0) stop.abort();
        expect((await failure).error.fault).toBe("aborted");
      }
    }
    expect(changes).toEqual([]);
    await fails(gateway, 1);
    expect(changes).toEqual([true]);
  });

  test("a trial that its visitor gives up is followed by the next one", async () => {
    const gateway = gatewayWith();
    await fails(gateway, 3);
    later(LIMITS.breakerMs);
    for (let n = 0; n < 3; n += 1) {
      server.script(opened());
      const stop = new AbortController();
      const failure = failureOf(gateway, stop.signal);
      await server.request(3 + n);
      stop.abort();
      expect((await failure).error.fault).toBe("aborted");
    }
    await answers(gateway);
    expect(changes).toEqual([true, false]);
  });

  test("0 faults mean that it is never left alone", async () => {
    const gateway = gatewayWith({ breakerFaults: 0 });
    await fails(gateway, 20);
    expect(server.requests).toHaveLength(20);
  });
});

describe("many at once", () => {
  test("fail together, and later ones send nothing", async () => {
    const gateway = gatewayWith();
    server.script(DOWN);
    await Promise.all(Array.from({ length: 20 }, () => failureOf(gateway)));
    expect(changes).toEqual([true]);
    const sent = server.requests.length;
    await Promise.all(Array.from({ length: 20 }, () => failureOf(gateway)));
    expect(server.requests).toHaveLength(sent);
  });

  test("a reader that stops when it has the end counts as answered", async () => {
    const gateway = gatewayWith();
    await fails(gateway, 2);
    server.script(streamed(...hello, delta({}, "stop"), DONE));
    for await (const part of gateway.stream(request, new AbortController().signal)) {
      if (part.type === "finish") break;
    }
    await fails(gateway, 2);
    expect(changes).toEqual([]);
  });
});

test("a host's own gateway is left alone too, a step counting once", async () => {
  const inner = openaiGateway({
    apiKey: "k",
    baseURL: server.url,
    limits: { maxAttempts: 2, backoffMs: 1 },
  });
  const gateway = guardedGateway(inner, breaker(LIMITS));
  await fails(gateway, 3);
  expect(server.requests).toHaveLength(6);
  expect(await isRefusedAtOnce(gateway)).toBe(true);
  later(LIMITS.breakerMs);
  await answers(gateway);
});
