import { validate } from "@readme/openapi-parser";
import { expect, test } from "vitest";
import { API_ERRORS } from "./api-error.js";
import { errorsOf, openApi } from "./openapi.js";
import { routeTable } from "./route-table.js";

interface Operation {
  operationId: string;
  security?: unknown[];
  "x-roles"?: string[];
  parameters: { name: string; in: string; required: boolean }[];
  responses: Record<string, { description: string }>;
}

const routes = routeTable("/api");
const described = openApi(routes, "/api") as unknown as {
  paths: Record<string, Record<string, Operation>>;
};

test("the description is valid OpenAPI 3.1", async () => {
  const copy = structuredClone(described) as unknown as Parameters<typeof validate>[0];
  expect(await validate(copy)).toMatchObject({ valid: true, warnings: [] });
  expect(JSON.stringify(described).length).toBeLessThan(500_000);
});

test.each(routes.map((route) => [route.name, route] as const))(
  "%s is described with its roles, its parameters and every code it may answer",
  (name, route) => {
    const operation = described.paths[route.path]?.[route.method];
    expect(operation?.operationId).toBe(name);
    expect(operation?.["x-roles"]).toEqual(route.roles ?? undefined);
    expect(operation?.security).toEqual(route.roles === null ? [] : undefined);
    const inPath = operation?.parameters.filter((each) => each.in === "path") ?? [];
    const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, param]) => param);
    expect(inPath.map((each) => each.name)).toEqual(named);
    expect(inPath.every(({ required }) => required)).toBe(true);
    for (const code of errorsOf(route)) {
      expect(operation?.responses[API_ERRORS[code]]?.description).toContain(code);
    }
  },
);
