import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineTool } from "../tools/tool.js";
import { defineConfig, readConfig } from "./config.js";
import { ConfigurationError } from "./problems.js";

const hook = { url: "https://x.example/hook", secret: "a secret of 24 characters, or more" };
const tool = { name: "look", description: "looks", execute: () => "" };

describe("readConfig", () => {
  test("takes a whole config as it is", () => {
    const parameters = z.object({ id: z.string().transform(Number) });
    const config = defineConfig({
      agents: {
        shop: {
          name: "Shop",
          allowedOrigins: ["*", "https://shop.example", "https://*.shop.example"],
          secret: "a",
          secrets: ["b"],
          public_key: "c",
          organizationId: "o",
          greeting: "Hi",
          starters: ["Where is it?"],
          instructions: "Help.",
          model: "m",
          maxIterations: 64,
        },
        plain: { allowedOrigins: [] },
      },
      tools: [
        defineTool({
          ...tool,
          title: "Look",
          parameters,
          confirm: ({ id }) => ({ title: "t", summary: String(id) }),
          idempotent: true,
          timeoutMs: 1,
        }),
        { ...tool, name: "write", confirm: true, parameters: { type: "object" } },
      ],
      confirmTools: ["issue_*"],
      strict: false,
    });
    const read = readConfig(config);
    expect(read).toEqual(config);
    // A copied zod schema would have lost its methods.
    expect(read.tools?.[0]?.parameters).toBe(parameters);
    expect(read.tools?.[0]?.execute).toBe(tool.execute);
  });

  test("nothing in it is required", () => {
    expect(readConfig({})).toEqual({});
  });

  test.each([null, undefined, "text", 1, [], () => ({})])("%j is none", (value) => {
    expect(problemsOf(value)).toHaveLength(1);
  });

  test.each<[string, unknown]>([
    ["agnt is not a known setting", { agnt: {} }],
    ["agent must be a function", { agent: {} }],
    ["toolProvider must be a function", { toolProvider: [] }],
    ["toolPolicy must be a function", { toolPolicy: "ask" }],
    ["onQuestion must be a function", { onQuestion: true }],
    ["webhooks.0.url must be an https URL", { webhooks: [{ ...hook, url: "http://x.example" }] }],
    ["webhooks.0.url must be an https URL", { webhooks: [{ ...hook, url: "https://a:b@x.com" }] }],
    ["webhooks.0.url must be an http or https URL", { webhooks: [{ ...hook, url: "x.example" }] }],
    ["webhooks.0.url must be an http", { webhooks: [{ ...hook, url: "file:///x" }] }],
    ["webhooks.0.secret must have at least 24", { webhooks: [{ ...hook, secret: "short" }] }],
    ["webhooks.0.secret must have at least 24", { webhooks: [{ ...hook, secret: "whsec_YWJj" }] }],
    [
      "webhooks.0.secret must be base64 after whsec_",
      { webhooks: [{ ...hook, secret: `whsec_${"?".repeat(40)}` }] },
    ],
    [
      "webhooks.0.events.0 must be one of question.asked",
      { webhooks: [{ ...hook, events: ["x"] }] },
    ],
    ["webhooks.0.events must not be empty", { webhooks: [{ ...hook, events: [] }] }],
    ["webhooks.0.urls is not a known setting", { webhooks: [{ ...hook, urls: [] }] }],
    ["tools.0.stepUp is only for risk high", { tools: [{ ...tool, stepUp: true }] }],
    [
      "tools.0.stepUp is only for what the visitor approves",
      { tools: [{ ...tool, stepUp: true, risk: "high", approver: "team" }] },
    ],
    [
      "tools.0.remember is never for risk high",
      { tools: [{ ...tool, remember: "conversation", risk: "high" }] },
    ],
    [
      "tools.0.remember is only for what the visitor approves",
      { tools: [{ ...tool, remember: "conversation", approver: "team" }] },
    ],
    ["tools.0.covers is only for what is remembered", { tools: [{ ...tool, covers: () => true }] }],
    ["tools: look: editable: amount is no", { tools: [{ ...tool, editable: ["amount"] }] }],
    ["otp must have two functions, contacts and send", { otp: () => [] }],
    ["otp must have two functions, contacts and send", { otp: { contacts: () => [] } }],
    ["limits.otpMs must not be negative", { limits: { otpMs: -1 } }],
    ["mcpServers.a b", { mcpServers: { "a b": { url: "http://x" } } }],
    ["mcpServers.a must have a url", { mcpServers: { a: {} } }],
    ["mcpServers.a must have a url", { mcpServers: { a: { url: "http://x", command: "x" } } }],
    ["mcpServers.a.url must be an http", { mcpServers: { a: { url: "file:///x" } } }],
    ["mcpServers.a.command must not be empty", { mcpServers: { a: { command: "" } } }],
    [
      "mcpServers.a_b must not begin with the name of another server",
      { mcpServers: { a: { url: "http://x" }, a_b: { command: "x" } } },
    ],
    ["persona must not be blank", { persona: " " }],
    ["persona", { persona: 1 }],
    ["organizations.acme.persona must not be blank", { organizations: { acme: { persona: "" } } }],
    ["organizations.acme.budgetUsd", { organizations: { acme: { budgetUsd: -1 } } }],
    [
      "organizations.acme.budget is not a known setting",
      { organizations: { acme: { budget: 1 } } },
    ],
    ["organizations", { organizations: [] }],
    [
      "tools.0.authLevel must be one of none, end_user, admin",
      { tools: [{ ...tool, authLevel: "root" }] },
    ],
    ["agents.shop.allowedOrigins", { agents: { shop: {} } }],
    ["agents.shop.allowedOrigins", { agents: { shop: {} }, policies: "config" }],
    ["agents.shop.publicKeys.0", { agents: { shop: { allowedOrigins: [], publicKeys: [null] } } }],
    ['policies must be "config", "database", a function', { policies: "databse" }],
    ['policies must be "config", "database", a function', { policies: null }],
    ["policies.url must be an http or https URL", { policies: {} }],
    ["policies.url must be an http or https URL", { policies: { url: "file:///etc/passwd" } }],
    ["policies.url must have no query", { policies: { url: "https://a.example/p?q=" } }],
    ["policies.url must name no user", { policies: { url: "https://u:hush@a.example" } }],
    [
      "policies.token must be visible ASCII",
      { policies: { url: "https://a.example", token: "a\nb" } },
    ],
    [
      "policies.staleMs must not be negative",
      { policies: { url: "https://a.example", staleMs: -1 } },
    ],
    ["policies.tokn is not a known", { policies: { url: "https://a.example", tokn: "hush" } }],
    ["principals must have a secret, a publicKey or a jwksUrl", { principals: { issuer: "a" } }],
    ["principals.secret must not be empty", { principals: { secret: "" } }],
    ["principals.secret must be a shared secret", { principals: { secret: "-----BEGIN PUBLIC" } }],
    ["principals.publicKey must be a public key in PEM", { principals: { publicKey: "hush" } }],
    ["principals.jwksUrl must be an http or https URL", { principals: { jwksUrl: "hush" } }],
    ["principals.key is not a known setting", { principals: { secret: "a", key: "hush" } }],
    ["signatureUses must be at least 1", { signatureUses: 0 }],
    ["signatureUses must be at most 5", { signatureUses: 6 }],
    ["signatureUses must be an integer", { signatureUses: "5" }],
    [
      "agents.shop.origins is not a known setting",
      { agents: { shop: { allowedOrigins: [], origins: [] } } },
    ],
    [
      "agents.shop.allowedOrigins.1",
      { agents: { shop: { allowedOrigins: ["*", "shop.example"] } } },
    ],
    ["agents.shop.allowedOrigins.0", { agents: { shop: { allowedOrigins: ["https://*"] } } }],
    ["agents.shop.allowedOrigins", { agents: { shop: { allowedOrigins: "*" } } }],
    [
      "agents.shop.secret must not be empty",
      { agents: { shop: { allowedOrigins: [], secret: "" } } },
    ],
    ["agents.shop.secrets.0", { agents: { shop: { allowedOrigins: [], secrets: [""] } } }],
    ["agents.shop.maxIterations", { agents: { shop: { allowedOrigins: [], maxIterations: 0 } } }],
    ["agents.shop.maxIterations", { agents: { shop: { allowedOrigins: [], maxIterations: 65 } } }],
    ["agents.shop.name", { agents: { shop: { allowedOrigins: [], name: null } } }],
    ["agents", { agents: { "": { allowedOrigins: [] } } }],
    ["agents", { agents: [] }],
    ["tools.0.name must be 1 to 64 letters", { tools: [{ ...tool, name: "a b" }] }],
    ["tools.0.name must be 1 to 64 letters", { tools: [{ ...tool, name: "" }] }],
    ["tools.0.name must be 1 to 64 letters", { tools: [{ ...tool, name: "x".repeat(65) }] }],
    ["tools.0.description", { tools: [{ ...tool, description: undefined }] }],
    ["tools.0.execute must be a function", { tools: [{ ...tool, execute: "look" }] }],
    ["tools.0.confirm must be true or a function", { tools: [{ ...tool, confirm: false }] }],
    ["tools.0.confirm must be true or a function", { tools: [{ ...tool, confirm: "yes" }] }],
    ["tools.0.confirm must be true or a function", { tools: [{ ...tool, confirm: null }] }],
    ["tools.0.confirms is not a known setting", { tools: [{ ...tool, confirms: true }] }],
    ["tools.0.timeoutMs", { tools: [{ ...tool, timeoutMs: 0 }] }],
    ["tools.0.idempotent", { tools: [{ ...tool, idempotent: "yes" }] }],
    ["tools.0.parameters", { tools: [{ ...tool, parameters: "none" }] }],
    ["tools.1", { tools: [tool, null] }],
    ["two tools are named look", { tools: [tool, tool] }],
    ["look: parameters must be", { tools: [{ ...tool, parameters: { type: "string" } }] }],
    ["look: parameters must be", { tools: [{ ...tool, parameters: {} }] }],
    ["confirmTools.0", { confirmTools: [""] }],
    ["confirmTools", { confirmTools: "issue_*" }],
    ["strict", { strict: "false" }],
    ["retentionDays must be a number of days", { retentionDays: "30" }],
    ["retentionDays must be more than 0 days", { retentionDays: 0 }],
    ["retentionDays must be at most 36500 days", { retentionDays: 1e9 }],
    ["strict", { strict: 0 }],
  ])("says %s", (problem, config) => {
    const problems = problemsOf(config);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test("lists everything wrong, at every level, each thing once", () => {
    const problems = problemsOf({
      colour: 1,
      flavour: 2,
      agents: {
        a: { allowedOrigins: ["x"], nme: 1 },
        b: { allowedOrigins: ["*"], model: "", starters: [1] },
      },
      tools: [{ ...tool, name: "!", title: "", extra: 1, more: 2 }, { name: "n" }],
      strict: "no",
    });
    for (const place of [
      "colour",
      "flavour",
      "agents.a.allowedOrigins.0",
      "agents.a.nme",
      "agents.b.model",
      "agents.b.starters.0",
      "tools.0.name",
      "tools.0.title",
      "tools.0.extra",
      "tools.0.more",
      "tools.1.description",
      "tools.1.execute",
      "strict",
    ]) {
      const about = problems.filter((problem) => problem.startsWith(`${place} `));
      expect({ place, about }).toEqual({ place, about: [expect.any(String)] });
    }
    expect(problems).toHaveLength(13);
    expect(problems.join("\n"), "a place is named once").not.toMatch(/(tools\.\d\.)?(\w+) \2 /);
  });

  test("no value is shown", () => {
    const secret = "hunter2-hunter2";
    const agents = { shop: { allowedOrigins: [secret], secret: { secret }, secrets: secret } };
    const problems = problemsOf({ agents, tools: [{ ...tool, confirm: secret }], strict: secret });
    expect(problems.length).toBeGreaterThan(3);
    expect(problems.join("\n")).not.toContain(secret);
  });

  test("an agent named like what every object has is an agent, or nothing", () => {
    const agents: unknown = JSON.parse('{"constructor":{"allowedOrigins":[]},"__proto__":{}}');
    const read = problemsOf({ agents });
    if (read.length === 0)
      expect(Object.keys(readConfig({ agents }).agents ?? {})).toEqual(["constructor"]);
    else expect(read[0]).toContain("__proto__");
  });
});

test("the error says everything in one message", () => {
  const error = new ConfigurationError(["PORT must be a port number", "tools.0.name is not valid"]);
  expect(error.message).toBe(
    "smooth-agent cannot start:\n  - PORT must be a port number\n  - tools.0.name is not valid",
  );
});

function problemsOf(value: unknown): readonly string[] {
  try {
    readConfig(value);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe("policies that are not in the config module", () => {
  test.each(["database", async () => null, { url: "https://a.example/policies", staleMs: 0 }])(
    "leave agents without allowedOrigins: %j",
    (policies) => {
      const config = { agents: { shop: { name: "Mira" } }, policies };
      expect(readConfig(config)).toEqual(config);
    },
  );
});

describe("keys of principals", () => {
  const pem = (key: KeyObject) => String(key.export({ format: "pem", type: "spki" }));
  const rsa = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });

  test("are RSA, P-256 or Ed25519", () => {
    const pairs = [
      rsa(2_048),
      generateKeyPairSync("ec", { namedCurve: "P-256" }),
      generateKeyPairSync("ed25519"),
    ];
    for (const { publicKey } of pairs) {
      const principals = { publicKey: pem(publicKey) };
      expect(readConfig({ principals })).toEqual({ principals });
    }
  });

  test("are neither short, nor of another curve, nor private", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const wrong = [
      pem(rsa(1_024).publicKey),
      pem(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey),
      pem(generateKeyPairSync("x25519").publicKey),
      String(privateKey.export({ format: "pem", type: "pkcs8" })),
    ];
    for (const publicKey of wrong) {
      expect(() => readConfig({ principals: { publicKey } })).toThrow(
        "principals.publicKey must be a public key in PEM",
      );
    }
  });
});
