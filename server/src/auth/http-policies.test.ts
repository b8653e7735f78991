import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { PolicyUnavailable } from "./agent-policy.js";
import { httpPolicies, type PolicyEndpoint } from "./http-policies.js";
import { answers, httpServer } from "./http-server.fixture.js";

const POLICY = { allowedOrigins: ["https://a.example"], secret: "hush" };
const READ = { allowedOrigins: ["https://a.example"], secrets: ["hush"], publicKeys: [] };
const HOUR = 3_600_000;

async function rig(over: Partial<PolicyEndpoint> = {}, requestMs?: number) {
  const host = await httpServer(answers(POLICY));
  const log: string[] = [];
  const clock = { now: 1_900_000_000_000 };
  const policies = httpPolicies(
    { url: `${host.url}/policies`, ...over },
    pino({}, { write: (line) => void log.push(line) }),
    { now: () => clock.now, requestMs },
  );
  const denied = (agentId = "shop") =>
    expect(policies.policy(agentId)).rejects.toBeInstanceOf(PolicyUnavailable);
  return { host, log, clock, policies, denied };
}

describe("a policy service of the host", () => {
  test("is asked with the encoded id and the token, and believed", async () => {
    const { host, policies } = await rig({ token: "let-me-in" });
    expect(await policies.policy("shop")).toMatchObject(READ);
    expect(await policies.policy("a/../b?c=d#é 😀%2F")).toMatchObject(READ);
    expect(host.paths).toEqual([
      "/policies/shop",
      "/policies/a%2F..%2Fb%3Fc%3Dd%23%C3%A9%20%F0%9F%98%80%252F",
    ]);
    expect(host.requests[0]?.headers.authorization).toBe("Bearer let-me-in");
    expect(policies.known()).toBeNull();
  });

  test("is asked at one slash, however its address ends, and without a token it has none", async () => {
    const host = await httpServer(answers(POLICY));
    await httpPolicies({ url: `${host.url}/p//` }, pino({ level: "silent" })).policy("shop");
    expect(host.paths).toEqual(["/p/shop"]);
    expect(host.requests[0]?.headers.authorization).toBeUndefined();
  });

  test("is not asked for what would climb its path: such an agent does not exist", async () => {
    const { host, policies } = await rig();
    for (const id of [".", "..", "", "\uD800"]) expect(await policies.policy(id)).toBeNull();
    expect(host.paths).toEqual([]);
    await policies.policy("...");
    expect(host.paths).toEqual(["/policies/..."]);
  });

  test("answers for 60 seconds, and is asked again after them", async () => {
    const { host, policies, clock } = await rig();
    await policies.policy("shop");
    host.answer = answers({ ...POLICY, allowedOrigins: ["*"] });
    clock.now += 59_999;
    expect(await policies.policy("shop")).toMatchObject(READ);
    expect(host.paths).toHaveLength(1);
    clock.now += 1;
    expect(await policies.policy("shop")).toMatchObject({ allowedOrigins: ["*"] });
    expect(host.paths).toHaveLength(2);
  });

  test("is asked again at once by whoever wants no old answer", async () => {
    const { host, policies, clock } = await rig();
    await policies.policy("shop");
    clock.now += 1_000;
    await policies.policy("shop", 1_001);
    expect(host.paths).toHaveLength(1);
    await policies.policy("shop", 1_000);
    expect(host.paths).toHaveLength(2);
    clock.now += 60_000;
    await policies.policy("shop", HOUR);
    expect(host.paths, "nobody gets an older one than the others").toHaveLength(3);
  });

  test("that knows no agent is believed too, for as long", async () => {
    const { host, policies, clock } = await rig();
    host.answer = answers("", 404);
    expect(await policies.policy("shop")).toBeNull();
    host.answer = answers(POLICY);
    expect(await policies.policy("shop")).toBeNull();
    expect(host.paths).toHaveLength(1);
    clock.now += 60_000;
    expect(await policies.policy("shop")).toMatchObject(READ);
  });

  test("gets one request for an agent, however many ask at once", async () => {
    const { host, policies } = await rig();
    const asked = await Promise.all(Array.from({ length: 50 }, () => policies.policy("shop")));
    expect(asked).toHaveLength(50);
    expect(host.paths).toHaveLength(1);
  });

  const big = JSON.stringify({ ...POLICY, padding: "x".repeat(65 * 1024) });
  const faults: [string, ReturnType<typeof answers>][] = [
    ["500", answers(POLICY, 500)],
    ["503", answers(POLICY, 503)],
    ["401", answers(POLICY, 401)],
    ["403", answers(POLICY, 403)],
    ["429", answers(POLICY, 429)],
    ["204", answers("", 204)],
    ["201", answers(POLICY, 201)],
    ["no body", answers("")],
    ["no JSON", answers("hush: {")],
    ["HTML", answers("<html>")],
    ["null", answers("null")],
    ["a list", answers([POLICY])],
    ["text", answers('"*"')],
    ["no origins", answers({ secret: "hush" })],
    ["origins that are null", answers({ ...POLICY, allowedOrigins: null })],
    ["one origin as text", answers({ ...POLICY, allowedOrigins: "*" })],
    ["an origin that matches nothing", answers({ ...POLICY, allowedOrigins: ["*", "a.example"] })],
    ["an empty secret", answers({ ...POLICY, secret: "" })],
    ["a secret that is a number", answers({ ...POLICY, secrets: [1] })],
    [
      "a public key in place of a secret",
      answers({ ...POLICY, public_key: "-----BEGIN PUBLIC KEY-----" }),
    ],
    ["a public key that is none", answers({ ...POLICY, publicKeys: [{ kid: "a" }] })],
    ["an organization that is no text", answers({ ...POLICY, organizationId: {} })],
    ["a huge body", answers(big)],
    ["a redirect", (response) => response.writeHead(302, { location: "/elsewhere" }).end()],
    [
      "a permanent redirect",
      (response) => response.writeHead(308, { location: "/policies/shop/" }).end(),
    ],
    ["a cut connection", (response) => response.destroy()],
    [
      "half a body",
      (response) =>
        void response
          .writeHead(200, { "content-length": 90 })
          .write('{"a', () => response.destroy()),
    ],
  ];

  test.each(faults)(
    "that answers %s refuses, and lets in again once it is well",
    async (_, fault) => {
      const { host, policies, denied, log } = await rig();
      host.answer = fault;
      await denied();
      expect(host.paths, "nothing is followed").toEqual(["/policies/shop"]);
      expect(log.join("")).toMatch(/"agentId":"shop".*the policy endpoint gave no policy/);
      expect(log.join("")).not.toContain("hush");
      host.answer = answers(POLICY);
      expect(await policies.policy("shop")).toMatchObject(READ);
    },
  );

  test.each(faults)(
    "that answers %s after a good answer lets the good one serve",
    async (_, fault) => {
      const { host, policies, denied, clock } = await rig({ staleMs: 2 * HOUR });
      await policies.policy("shop");
      host.answer = fault;
      clock.now += 2 * HOUR - 1;
      expect(await policies.policy("shop")).toMatchObject(READ);
      clock.now += 1;
      await denied();
    },
  );

  test("that is gone refuses", async () => {
    const { host, denied } = await rig();
    await host.stop();
    await denied();
  });

  test.each<[string, ReturnType<typeof answers>]>([
    ["says nothing", () => undefined],
    ["never ends its head", (response) => response.flushHeaders()],
    ["never ends its body", (response) => response.writeHead(200).write('{"allowedOrigins":["*"]')],
  ])("that %s is given up", async (_, silence) => {
    const { host, policies, denied, clock } = await rig({}, 50);
    host.answer = silence;
    await denied();
    host.answer = answers(POLICY);
    await policies.policy("shop");
    host.answer = silence;
    clock.now += 60_000;
    expect(await policies.policy("shop")).toMatchObject(READ);
  });
});

describe("the last good answer", () => {
  test("serves for an hour unless told otherwise, and not at all when told so", async () => {
    const usual = await rig();
    await usual.policies.policy("shop");
    usual.host.answer = answers("", 500);
    usual.clock.now += HOUR - 1;
    expect(await usual.policies.policy("shop")).toMatchObject(READ);
    usual.clock.now += 1;
    await usual.denied();
    const never = await rig({ staleMs: 0 });
    await never.policies.policy("shop");
    never.host.answer = answers("", 500);
    never.clock.now += 60_000;
    await never.denied();
  });

  test("holds the next requests off for 5 seconds, then the service is asked again", async () => {
    const { host, policies, clock } = await rig();
    await policies.policy("shop");
    host.answer = answers("", 500);
    clock.now += 60_000;
    await policies.policy("shop");
    clock.now += 4_999;
    await policies.policy("shop");
    expect(host.paths).toHaveLength(2);
    host.answer = answers({ allowedOrigins: [] });
    clock.now += 1;
    expect(await policies.policy("shop")).toMatchObject({ allowedOrigins: [] });
    expect(host.paths).toHaveLength(3);
  });

  test("serves no longer once the service said that there is no such agent", async () => {
    const { host, policies, clock, denied } = await rig();
    await policies.policy("shop");
    host.answer = answers("", 404);
    clock.now += 60_000;
    expect(await policies.policy("shop")).toBeNull();
    host.answer = answers("", 500);
    clock.now += 60_000;
    // What does not exist is not let in by a service that is down, in no deployment.
    await denied();
  });

  test("is the last one, not the first", async () => {
    const { host, policies, clock } = await rig();
    await policies.policy("shop");
    host.answer = answers({ allowedOrigins: ["https://b.example"] });
    clock.now += 60_000;
    await policies.policy("shop");
    host.answer = answers("", 500);
    clock.now += HOUR - 1;
    expect(await policies.policy("shop")).toMatchObject({ allowedOrigins: ["https://b.example"] });
  });
});

describe("a flood of made-up ids", () => {
  test("neither drives out what is known nor is asked for twice", async () => {
    const { host, policies, clock } = await rig();
    await policies.policy("shop");
    host.answer = answers("", 404);
    // One after the other, so that none is refused for being too many at once.
    for (let n = 0; n < 1_500; n += 1) expect(await policies.policy(`made-up-${n}`)).toBeNull();
    expect(host.paths).toHaveLength(1_501);
    expect(await policies.policy("made-up-1499")).toBeNull();
    expect(await policies.policy("made-up-600")).toBeNull();
    expect(host.paths, "the newest thousand are remembered").toHaveLength(1_501);
    expect(await policies.policy("made-up-1")).toBeNull();
    expect(host.paths, "and no more than those").toHaveLength(1_502);
    host.answer = answers("", 500);
    clock.now += 60_000;
    expect(await policies.policy("shop"), "the known one still is").toMatchObject(READ);
  });

  test("holds 16 requests at once, 64 waiting, and none of a known agent's back", async () => {
    const { host, policies, clock } = await rig();
    await policies.policy("shop");
    clock.now += 60_000;
    const newer = { allowedOrigins: ["*"] };
    const open: (() => void)[] = [];
    let atOnce = 0;
    let most = 0;
    host.answer = (response, request) => {
      if (request.url === "/policies/shop") return answers(newer)(response, request);
      atOnce += 1;
      most = Math.max(most, atOnce);
      return open.push(() => {
        atOnce -= 1;
        response.writeHead(404).end();
      });
    };
    const outcomes = Array.from({ length: 100 }, (_, n) =>
      policies.policy(`made-up-${n}`).then(
        () => "absent",
        (error: unknown) => (error instanceof PolicyUnavailable ? "refused" : "other"),
      ),
    );
    await host.reached(17);
    expect(await policies.policy("shop"), "asked, not remembered").toMatchObject(newer);
    for (let done = 0; done < 80; done += 1) {
      while (open.length === 0) await new Promise((resolve) => setImmediate(resolve));
      open.shift()?.();
    }
    const counted = await Promise.all(outcomes);
    expect(counted.filter((each) => each === "absent")).toHaveLength(80);
    expect(counted.filter((each) => each === "refused")).toHaveLength(20);
    expect(most).toBe(16);
  });
});

test("whatever the service does and however time goes, nobody is let in by more than its last word", async () => {
  const step = fc.record({
    pass: fc.constantFrom(0, 1, 4_999, 5_000, 59_999, 60_000, HOUR - 1, HOUR),
    service: fc.constantFrom("policy", "absent", "down"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { host, policies, clock } = await rig();
      /** The last reply that was no failure. */
      let word: { version: string | null; at: number } | undefined;
      let failedAt = Number.NEGATIVE_INFINITY;
      for (const [number, { pass, service }] of steps.entries()) {
        clock.now += pass;
        const version = `https://v${number}.example`;
        const now = clock.now;
        host.answer = (response, request) => {
          if (service !== "down")
            word = { version: service === "policy" ? version : null, at: now };
          const status = { policy: 200, absent: 404, down: 500 }[service];
          if (service === "down") failedAt = now;
          answers({ allowedOrigins: [version] }, status)(response, request);
        };
        const outcome = await policies.policy("shop").then(
          (policy) => policy?.allowedOrigins[0] ?? null,
          () => "refused",
        );
        if (outcome === "refused") {
          expect(service).toBe("down");
          continue;
        }
        expect(outcome).toBe(word?.version);
        const age = now - (word?.at ?? 0);
        expect(age).toBeLessThan(outcome === null ? 60_000 : HOUR);
        // A change arrives within a minute, or five seconds after a failure.
        if (service !== "down" && now - failedAt >= 5_000) expect(age).toBeLessThan(60_000);
      }
      await host.stop();
    }),
    { numRuns: 60 },
  );
});
