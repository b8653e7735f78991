import { describe, expect, it } from "vitest";
import { readOptions } from "./options.js";

describe("options of the library", () => {
  it.each<[string, object]>([
    ["databaseUrl must begin with file:", { databaseUrl: "mysql://u:hush@h/db" }],
    ["databaseUrl must name a database", { databaseUrl: "postgresql://u:hush/@h/db" }],
    ["sessionSecret must be set with PostgreSQL", { databaseUrl: "postgresql://u:hush@h/db" }],
    ["sessionSecret must have at least 32 characters", { sessionSecret: "hush" }],
    ["databaseURL is not a known setting", { databaseURL: "file:./hush.db" }],
    ["confirmTool is not a known setting", { confirmTool: ["hush"] }],
    ["limits.framesPerSecnd is not a known setting", { limits: { framesPerSecnd: 1 } }],
    ["limits.drainMs must not be negative", { limits: { drainMs: -5 } }],
    ["openai.baseURL must be an http or https URL", { openai: { baseURL: "hush" } }],
    ["openai.key is not a known setting", { openai: { key: "hush" } }],
    ["gateway must be a Gateway", { gateway: {} }],
    ["agents.a.allowedOrigins", { agents: { a: {} } }],
  ])("are told that %s, without their values", (problem, options) => {
    const read = () => readOptions(options);
    expect(read).toThrow(problem);
    expect(read).not.toThrow("hush");
  });

  it("are told everything at once", () => {
    const options = { sessionSecret: "x", agents: { a: { allowedOrigins: ["nope"] } } };
    expect(() => readOptions(options)).toThrow(/sessionSecret[^]*agents\.a\.allowedOrigins/);
  });

  it("are taken as they are when nothing is wrong", () => {
    const options = {
      strict: false,
      retentionDays: 30,
      limits: { drainMs: 0 },
      openai: { apiKey: "k" },
    };
    expect(readOptions(options)).toMatchObject(options);
    const postgres = { databaseUrl: "postgresql://u:p@h/db", sessionSecret: "x".repeat(32) };
    expect(readOptions(postgres)).toMatchObject(postgres);
  });
});
