import { validate } from "@readme/openapi-parser";
import { expect, test } from "vitest";
import { openApi } from "./openapi.js";
import { routeTable } from "./route-table.js";

test("the description is valid OpenAPI 3.1", async () => {
  const described = openApi(routeTable("/api"), "/api");
  const copy = structuredClone(described) as unknown as Parameters<typeof validate>[0];
  expect(await validate(copy)).toMatchObject({ valid: true, warnings: [] });
  expect(JSON.stringify(described).length).toBeLessThan(500_000);
});
