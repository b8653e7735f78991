import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readEnvironment } from "./environment.js";

const SECRET = "s3cret-".repeat(5);

describe("readEnvironment", () => {
  test("has a default for everything", () => {
    expect(readEnvironment({})).toEqual({
      ok: true,
      environment: {
        host: "127.0.0.1",
        port: 8787,
        databaseUrl: "file:./data/smooth-agent.db",
        openai: {},
        logLevel: "info",
      },
    });
  });

  test("reads every variable", () => {
    const read = readEnvironment({
      HOST: "0.0.0.0",
      PORT: "0",
      DATABASE_URL: "file:/var/lib/a.db",
      OPENAI_API_KEY: "key",
      OPENAI_BASE_URL: "http://localhost:9/v1",
      OPENAI_MODEL: "m",
      SMOOTH_AGENT_SECRET: SECRET,
      LOG_LEVEL: "silent",
    });
    expect(read).toEqual({
      ok: true,
      environment: {
        host: "0.0.0.0",
        port: 0,
        databaseUrl: "file:/var/lib/a.db",
        openai: { apiKey: "key", baseURL: "http://localhost:9/v1", model: "m" },
        secret: SECRET,
        logLevel: "silent",
      },
    });
  });

  test("an empty value counts as unset", () => {
    const names = ["HOST", "PORT", "DATABASE_URL", "OPENAI_BASE_URL", "SMOOTH_AGENT_SECRET"];
    const empty = Object.fromEntries([...names, "LOG_LEVEL"].map((name) => [name, " "]));
    expect(readEnvironment(empty)).toEqual(readEnvironment({}));
  });

  test("what an orchestrator injects for a service of our name stops nothing", () => {
    const injected = {
      SMOOTH_AGENT_PORT: "tcp://10.0.0.1:8787",
      SMOOTH_AGENT_SERVICE_HOST: "10.0.0.1",
      SMOOTH_AGENT_PORT_8787_TCP_PROTO: "tcp",
    };
    expect(readEnvironment(injected)).toEqual(readEnvironment({}));
  });

  const WRONG: [string, string[]][] = [
    ["PORT", ["x", "-1", "80.5", "65536", "99999", "123456", "0x50", "tcp://1.2.3.4:80", "1e3"]],
    [
      "DATABASE_URL",
      [
        "mysql://u:p@h/d",
        "a.db",
        "file:",
        "file:?x=1",
        "file://host/a.db",
        "FILE",
        "postgres:",
        "postgres:u:p@h/d",
        "postgresql://u:p@host:5432",
        "postgresql://u:p@host:5432/",
        "postgresql://u:p@host:99999/d",
        "postgresql://u:p@host/d/e",
        "postgresql://u:1/2@host/d",
        "postgresql://u:1?2@host/d",
        "postgresql://u:1#2@host/d",
      ],
    ],
    ["OPENAI_BASE_URL", ["localhost", "ftp://h", "file:///etc", "http//h", "javascript:1"]],
    ["SMOOTH_AGENT_SECRET", ["short", "x".repeat(31)]],
    ["LOG_LEVEL", ["INFO", "loud", "0"]],
  ];

  test.each(WRONG.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    "%s must not be %s, and the value is not shown",
    (name, value) => {
      const read = readEnvironment({ SMOOTH_AGENT_SECRET: SECRET, [name]: value });
      if (read.ok) throw new Error("it was accepted");
      expect(read.problems).toHaveLength(1);
      expect(read.problems[0]).toMatch(new RegExp(`^${name} must \\S`));
      if (value.length > 5) expect(read.problems[0]).not.toContain(` ${value}`);
    },
  );

  test.each(["file:./a.db", "file:a.db", "file:/a.db", "file:///a.db", "file:./a.db?x=1"])(
    "DATABASE_URL may be %s",
    (value) => {
      expect(readEnvironment({ DATABASE_URL: value })).toMatchObject({ ok: true });
    },
  );

  test.each([
    "postgresql://u:p@h/d",
    "postgres://u:p%40%2F@[::1]:5433/d?sslmode=require&schema=s",
    "postgresql:///d?host=/var/run/postgresql",
  ])("DATABASE_URL may be %s, with a secret", (value) => {
    const read = readEnvironment({ DATABASE_URL: value, SMOOTH_AGENT_SECRET: SECRET });
    expect(read).toMatchObject({ ok: true, environment: { databaseUrl: value } });
    expect(readEnvironment({ DATABASE_URL: value, SMOOTH_AGENT_SECRET: " " })).toEqual({
      ok: false,
      problems: [
        "SMOOTH_AGENT_SECRET must be set with PostgreSQL: 32 random characters or more, the same for every server",
      ],
    });
  });

  test("everything wrong is said at once", () => {
    const wrong = Object.fromEntries(WRONG.map(([name, [value]]) => [name, value]));
    const read = readEnvironment(wrong);
    if (read.ok) throw new Error("it was accepted");
    expect(read.problems.map((problem) => problem.split(" ")[0] ?? "").toSorted()).toEqual(
      WRONG.map(([name]) => name).toSorted(),
    );
  });

  test("no value is ever shown", () => {
    const name = fc.constantFrom(...WRONG.map(([name]) => name));
    fc.assert(
      fc.property(fc.dictionary(name, fc.stringMatching(/^[A-Z]{8,20}$/)), (variables) => {
        const read = readEnvironment(variables);
        const said = read.ok ? "" : read.problems.join("\n");
        for (const value of Object.values(variables)) expect(said).not.toContain(value);
      }),
    );
  });
});
