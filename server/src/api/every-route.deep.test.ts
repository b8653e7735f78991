import { randomUUID } from "node:crypto";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { signAuthToken } from "../auth/auth-token.js";
import { databaseContents } from "../store/database-contents.fixture.js";
import {
  ApiClient,
  bytesOf,
  PRINCIPAL_SECRET,
  principalToken,
  refusalOf,
  type ApiAnswer,
} from "./api-client.fixture.js";
import { samples, type Bad, type Sample } from "./api-samples.fixture.js";
import {
  AGENT_SECRET,
  apiWorld,
  STORED_SECRET,
  wordsOf,
  type ApiWorld,
} from "./api-world.fixture.js";
import type { Route } from "./route.js";
import { routeTable } from "./route-table.js";

// What holds for every route there is, made from the table: a route without a sample fails here.

const routes = routeTable("/api");
const withRole = routes.filter(({ roles }) => roles !== null);

const sampleOf = ({ name }: Route): Sample => {
  const sample = samples[name];
  if (!sample) throw new Error(`${name} has no sample`);
  return sample;
};

/** Where a route is called, with the parameters of its sample or others. */
function pathOf(
  route: Route,
  world: ApiWorld,
  params = sampleOf(route).params?.(world) ?? {},
  query = sampleOf(route).query?.(world) ?? {},
): string {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? `no ${name}`),
  );
  const fields = new URLSearchParams(query).toString();
  return fields === "" ? path : `${path}?${fields}`;
}

function call(route: Route, client: ApiClient, path: string, body = sampleOf(route).body) {
  return client.ask(route.method.toUpperCase(), path, { body });
}

test("every route has a sample, and every sample a route", () => {
  expect(Object.keys(samples).sort()).toEqual(routes.map(({ name }) => name).sort());
  expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
});

describe.each(routes.map((route) => [route.name, route] as const))("%s", (_, route) => {
  const sample = sampleOf(route);

  test("answers an admin as it is described, tells no secret and logs nothing that was said", async () => {
    const world = await apiWorld();
    const { server, admin } = world;
    server.log.length = 0;
    const answer = await call(route, admin, pathOf(route, world));
    expect({ status: answer.status, text: answer.status < 300 ? "" : answer.text }).toEqual({
      status: sample.status ?? 200,
      text: "",
    });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    for (const secret of [AGENT_SECRET, STORED_SECRET, PRINCIPAL_SECRET]) {
      expect(answer.text + JSON.stringify([...answer.headers])).not.toContain(secret);
      expect(server.log.join("")).not.toContain(secret);
    }
    for (const word of [admin.token ?? "?", "kettle", "ada-17", "Ada"]) {
      expect(server.log.join("")).not.toContain(word);
    }
  });
});

describe.each(withRole.map((route) => [route.name, route] as const))("%s", (_, route) => {
  const sample = sampleOf(route);

  test("is for its roles, and changes nothing for others", async () => {
    const world = await apiWorld();
    const { server } = world;
    const path = pathOf(route, world);
    const before = databaseContents(server.file);
    const org = "acme";
    const signIn = async (secret: string) =>
      (await signAuthToken({ userId: "ada-17", agentId: "shop", secret })).token;
    const tokens: Record<string, string | null> = {
      nobody: null,
      garbage: "garbage",
      forged: await principalToken({ org, role: "admin" }, "another secret, not the server's own"),
      expired: await principalToken({ org, role: "admin", exp: 1 }),
      "a verified visitor with the session's token": world.sessionToken,
      "a verified visitor with the sign-in": await signIn(AGENT_SECRET),
      "a sign-in under the principals' own secret": await signIn(PRINCIPAL_SECRET),
    };
    for (const [who, token] of Object.entries(tokens)) {
      const answer = await call(route, new ApiClient(server, token), path);
      expect({ who, status: answer.status }).toEqual({ who, status: 401 });
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
    const roles = [undefined, null, "cook", "Admin", "admin ", "__proto__"];
    for (const role of roles) {
      const client = new ApiClient(server, await principalToken({ org, role }));
      const answer = await call(route, client, path);
      expect({ role, refusal: refusalOf(answer) }).toEqual({
        role,
        refusal: "403 FORBIDDEN: Your role does not allow this.",
      });
    }
    const homeless = new ApiClient(server, await principalToken({ role: "admin" }));
    expect(refusalOf(await call(route, homeless, path))).toBe(
      "403 FORBIDDEN: Your token names no organization.",
    );
    const isCurators = route.roles?.includes("curator") ?? false;
    if (!isCurators || sample.curatorBody !== undefined) {
      const answer = await call(route, world.curator, path);
      expect(refusalOf(answer)).toContain("403 FORBIDDEN: Your role does not allow this");
    }
    expect(databaseContents(server.file)).toEqual(before);
    if (isCurators) {
      const answer = await call(route, world.curator, path, sample.curatorBody ?? sample.body);
      expect(answer.status).toBe(sample.status ?? 200);
    }
  });

  test("knows nothing of another organization, byte for byte", async () => {
    const world = await apiWorld();
    const { server, stranger } = world;
    const before = databaseContents(server.file);
    const answer = await call(route, stranger, pathOf(route, world));
    if (!route.params) {
      for (const word of wordsOf(world)) expect(answer.text).not.toContain(word);
      return;
    }
    const none = Object.fromEntries(
      Object.keys(sample.params?.(world) ?? {}).map((name) => [name, randomUUID()]),
    );
    // What makes the unknown is compared with a look at it.
    const unknown = route.isMaking
      ? await stranger.get(pathOf(route, world, none, {}))
      : await call(route, stranger, pathOf(route, world, none));
    expect(unknown.status).toBe(404);
    expect(bytesOf(answer)).toBe(bytesOf(unknown));
    expect(databaseContents(server.file)).toEqual(before);
  });

  test("tells of a fault of the database as one, and nothing else of it", async () => {
    const world = await apiWorld();
    loseTables(world.server.file);
    const answer = await call(route, world.admin, pathOf(route, world));
    expect(refusalOf(answer)).toBe(
      "503 STORAGE_ERROR: The request could not be stored or read. Please try again.",
    );
  });

  test("refuses every bad value of every field and whatever it does not know, and changes nothing", async () => {
    const world = await apiWorld({ limits: { apiRequestsPerMinute: 100_000 } });
    const before = databaseContents(world.server.file);
    const { badQuery = {}, badBody = {} } = sample;
    expect(Object.keys(badQuery).sort()).toEqual(fieldsOf(route.query));
    expect(Object.keys(badBody).sort()).toEqual(fieldsOf(route.body));
    const refused = (field: string, [what, , complaint]: Bad, answer: ApiAnswer) => {
      const refusal = `400 VALIDATION_ERROR: ${field} ${complaint}.`;
      expect({ field, what, refusal: refusalOf(answer) }).toEqual({ field, what, refusal });
    };
    for (const [field, values] of Object.entries(badQuery)) {
      for (const bad of values) {
        const query = { ...sample.query?.(world), [field]: String(bad[1]) };
        const path = pathOf(route, world, undefined, query);
        refused(field, bad, await call(route, world.admin, path));
      }
    }
    for (const [field, values] of Object.entries(badBody)) {
      for (const bad of values) {
        const body = { ...(sample.body as object), [field]: bad[1] };
        refused(field, bad, await call(route, world.admin, pathOf(route, world), body));
      }
    }
    for (const field of Object.keys(sample.params?.(world) ?? {})) {
      for (const value of [" ", "x".repeat(257), "a\u0000b", "\u007f"]) {
        const params = { ...sample.params?.(world), [field]: value };
        const answer = await call(route, world.admin, pathOf(route, world, params));
        expect(refusalOf(answer)).toContain(`400 VALIDATION_ERROR: ${field} must`);
      }
    }
    const path = pathOf(route, world);
    const method = route.method.toUpperCase();
    const more = `${path}${path.includes("?") ? "&" : "?"}`;
    const twice = await call(route, world.admin, `${more}odd=1&odd=2`);
    expect(refusalOf(twice)).toContain("may be given once");
    const odd = await call(route, world.admin, `${more}__proto__=1`);
    expect(refusalOf(odd)).toContain("__proto__ is not known here");
    if (route.body) {
      const deep = `{"behaviour":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
      const texts: Record<string, string> = {
        "": "The body must be JSON.",
        "{": "The body must be JSON.",
        null: "The body must be an object.",
        "[]": "The body must be an object.",
        "7": "The body must be an object.",
        '{"odd":1}': "odd is not known here",
        '{"__proto__":{"title":"x"}}': "The body has a key that is not allowed.",
        '{"constructor":{"prototype":1}}': "constructor is not known here",
        [deep]: "The body may be nested at most 24 levels deep.",
        [`"${"x".repeat(300_000)}"`]: "The body may have at most 256 KiB.",
      };
      for (const [text, complaint] of Object.entries(texts)) {
        const answer = await world.admin.ask(method, path, { text });
        expect(refusalOf(answer)).toContain(`400 VALIDATION_ERROR: `);
        expect(refusalOf(answer)).toContain(complaint);
      }
    }
    expect(databaseContents(world.server.file)).toEqual(before);
  });
});

/** Renames every table, so that whatever a server asks of them fails. */
function loseTables(file: string): void {
  const database = new Database(file);
  const tables = database
    .prepare<[], { name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .all();
  for (const { name } of tables) database.exec(`ALTER TABLE "${name}" RENAME TO "lost_${name}"`);
  database.close();
}

/** The names of a schema's fields. */
function fieldsOf(schema: z.ZodType | null): string[] {
  if (!schema) return [];
  const described = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.keys(described.properties ?? {}).sort();
}
