import type { z } from "zod";
import type { Principal } from "../auth/principal.js";
import type { ApiErrorCode } from "./api-error.js";
import type { JsonPieces } from "./json-pieces.js";
import type { ApiPorts } from "./ports.js";

/**
 * Roles of principals that may call a route. An admin may do everything. A curator reads everything and
 * looks after behaviours and conversations, but neither reads nor writes what opens doors (secrets,
 * policies), and deletes, exports and revokes nothing.
 */
export const ROLES = ["admin", "curator"] as const;
export type Role = (typeof ROLES)[number];
export const ADMIN: readonly Role[] = ["admin"];
export const CURATOR: readonly Role[] = ["admin", "curator"];

/** One operation of the host API: what it is called with, who may call it, what it answers. */
export interface Route<Params = unknown, Query = unknown, Body = unknown, Answer = unknown> {
  /** Its `operationId`, such as `getAgent`; names it in the log. */
  name: string;
  method: "get" | "put" | "patch" | "post" | "delete";
  /** Below the API's own path, such as `/agents/{agentId}`. */
  path: `/${string}`;
  summary: string;
  description?: string;
  /** Null for the one route that anybody may read. */
  roles: readonly Role[] | null;
  /** A strict object, one string per `{name}` of the path; null when it has none. */
  params: z.ZodType<Params> | null;
  /** A strict object of optional strings; null when it takes none. */
  query: z.ZodType<Query> | null;
  /** What the JSON body must be; null when it takes none. */
  body: z.ZodType<Body> | null;
  /** What it answers as JSON; null for 204 without a body. */
  answer: z.ZodType<Answer> | null;
  /** Its status when all is well; 200 when absent, 204 without an answer. */
  status?: 200 | 201 | 202;
  /** Whether it makes what is not there yet, and then answers 201. */
  isMaking?: boolean;
  /** Codes it may answer beside those that every route may. */
  errors?: readonly ApiErrorCode[];
  /** Whether it takes `If-Match` and answers an `ETag`. */
  isVersioned?: boolean;
  /** @throws {ApiError} for whatever the principal is to be told */
  handle(call: Call<Params, Query, Body>): Promise<Reply<Answer>>;
}

/** One request that was let in, with everything checked. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  principal: Principal;
  role: Role;
  /** The principal's own: whatever belongs to another one is unknown. */
  organizationId: string;
  params: Params;
  query: Query;
  body: Body;
  /** Headers of a conditional request, as they came. */
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
  ports: ApiPorts;
}

export interface Reply<Answer = unknown> {
  /** In pieces when it may be too big to be held at once. */
  body: Answer | JsonPieces;
  /** Other than the route's own. */
  status?: 200 | 201 | 202;
  /** Without its quotes. */
  etag?: string;
}

/** Checks that a route's parts fit each other, and forgets their types. */
export function route<Params, Query, Body, Answer>(
  given: Route<Params, Query, Body, Answer>,
): Route {
  return given;
}
