import { randomBytes } from "node:crypto";
import { Client, types, type CustomTypesConfig } from "pg";
import { describe, onTestFinished, test } from "vitest";

/** A database on a real PostgreSQL server. */
export interface PostgresDatabase {
  url: string;
  /** Rows, read from outside of any store. */
  rows(sql: string): Promise<unknown[]>;
  drop(): Promise<void>;
}

/**
 * Registers tests that need a real PostgreSQL server: `TEST_POSTGRES_URL`, or one that answers where
 * PostgreSQL usually listens. Where there is none it says loudly what was not run; with `CI=true` that fails.
 */
export async function onPostgres(what: string, tests: () => void): Promise<void> {
  const server = await postgresServer();
  const register = server ? tests : () => saysWhatIsMissing(what);
  describe(`${what}, on a real server`, () => {
    register();
  });
}

function saysWhatIsMissing(what: string): void {
  test("needs a PostgreSQL server", ({ skip }) => {
    const missing = `NOT RUN, for want of a PostgreSQL server: ${what}. CONTRIBUTING.md says how to start one.`;
    if (process.env["CI"] === "true") throw new Error(missing);
    console.warn(missing);
    skip(missing);
  });
}

/** The URL of an empty database that is dropped with the running test; null without a server. */
export async function testDatabaseUrl(): Promise<string | null> {
  if (!(await postgresServer())) return null;
  const database = await temporaryPostgres();
  onTestFinished(database.drop);
  return database.url;
}

/** An empty database of its own. */
export async function temporaryPostgres(): Promise<PostgresDatabase> {
  const server = await postgresServer();
  if (!server) throw new Error("There is no PostgreSQL server.");
  const name = `smooth_agent_${randomBytes(6).toString("hex")}`;
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    rows: (sql) => query(url.href, sql),
    drop: async () => void (await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url, types: inUtc });
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

// Prisma keeps times without a zone, in UTC; the driver would read them as local ones.
const inUtc: CustomTypesConfig = {
  getTypeParser: (oid) =>
    oid === types.builtins.TIMESTAMP
      ? (value: string) => new Date(`${value}Z`)
      : types.getTypeParser(oid),
};

const USUAL_PLACES = [
  "postgresql:///postgres?host=/var/run/postgresql",
  "postgresql:///postgres?host=/tmp",
  "postgresql://127.0.0.1/postgres",
  "postgresql://postgres@127.0.0.1/postgres",
];

let found: Promise<string | null> | undefined;

/** A server on which databases may be created. */
function postgresServer(): Promise<string | null> {
  const given = process.env["TEST_POSTGRES_URL"];
  found ??= given ? Promise.resolve(given) : firstThatAnswers();
  return found;
}

async function firstThatAnswers(): Promise<string | null> {
  for (const url of USUAL_PLACES) {
    const may = "SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user";
    const [row] = await query(url, may).catch(() => []);
    if ((row as { may: boolean } | undefined)?.may) return url;
  }
  return null;
}
