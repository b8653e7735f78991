import { z } from "zod";
import { API_ERRORS, type ApiErrorCode } from "./api-error.js";
import type { Route } from "./route.js";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The OpenAPI 3.1 description of these routes, mounted at `path`. */
export function openApi(routes: readonly Route[], path: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "smooth-agent host API",
      version: "1",
      description:
        "For the host's own dashboards and servers, each with a token of its own. Everything is of " +
        "the organization that the token names; what belongs to another one is unknown.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: path }],
    security: [{ principal: [] }],
    paths,
    components: {
      securitySchemes: {
        principal: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      },
      schemas: { Error: schemaOf(errorBody, "output") },
    },
  };
}

export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
  }),
});

/** Codes that every route with a role may answer. */
const ALWAYS: readonly ApiErrorCode[] = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "RATE_LIMITED",
  "INTERNAL_ERROR",
  "STORAGE_ERROR",
  "UNAVAILABLE",
];

/** Every code that a route may answer. */
export function errorsOf(route: Route): ApiErrorCode[] {
  return [
    "VALIDATION_ERROR",
    ...(route.roles === null ? (["UNAVAILABLE"] as const) : ALWAYS),
    ...(route.params ? (["NOT_FOUND"] as const) : []),
    ...(route.errors ?? []),
  ];
}

function operation(route: Route): Record<string, unknown> {
  const { name, summary, description, roles, body } = route;
  return {
    operationId: name,
    summary,
    ...(description !== undefined && { description }),
    ...(roles === null ? { security: [] } : { "x-roles": roles }),
    parameters: [
      ...parametersOf(route.params, "path"),
      ...parametersOf(route.query, "query"),
      ...(route.isVersioned && route.method !== "get" ? CONDITIONS : []),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: schemaOf(body, "input") } },
      },
    }),
    responses: responsesOf(route),
  };
}

function responsesOf(route: Route): Record<string, unknown> {
  const byStatus = new Map<number, ApiErrorCode[]>();
  for (const code of errorsOf(route)) {
    const status = API_ERRORS[code];
    byStatus.set(status, [...new Set([...(byStatus.get(status) ?? []), code])]);
  }
  const errors = [...byStatus].map(([status, codes]): [string, unknown] => [
    String(status),
    {
      description: codes.join(", "),
      content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
    },
  ]);
  const { answer, status = 200, isVersioned, isMaking } = route;
  const good = answer
    ? {
        description: "Done.",
        ...(isVersioned && { headers: { ETag: { schema: { type: "string" } } } }),
        content: { "application/json": { schema: schemaOf(answer, "output") } },
      }
    : { description: "Done." };
  return {
    [answer ? String(status) : "204"]: good,
    ...(isMaking && { "201": { ...good, description: "Made." } }),
    ...Object.fromEntries(errors),
  };
}

const CONDITIONS = ["If-Match", "If-None-Match"].map((name) => ({
  name,
  in: "header",
  required: false,
  schema: { type: "string" },
  description:
    name === "If-Match"
      ? "Only when it is still as the ETag says; `*` when it is there at all."
      : "`*`: only when it is not there yet.",
}));

function parametersOf(schema: z.ZodType | null, place: "path" | "query") {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input");
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: of,
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
