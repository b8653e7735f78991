import express, {
  type ErrorRequestHandler,
  type Request,
  type Response,
  type Router,
} from "express";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { z } from "zod";
import { bearerOf } from "../auth/bearer.js";
import type { Principal } from "../auth/principal.js";
import { faultOf } from "../log/fault.js";
import { ApiError, API_ERRORS, apiErrorOf, forbidden, invalid } from "./api-error.js";
import { bodyReader, jsonBody } from "./json-body.js";
import { JsonPieces } from "./json-pieces.js";
import type { ApiPorts } from "./ports.js";
import { queryFields } from "./query-string.js";
import { ROLES, type Call, type Reply, type Role, type Route } from "./route.js";
import { checked } from "./validation.js";

/**
 * The host API as a router to mount at its path. What it does not know falls through to the host's own
 * routes, unread and unauthenticated.
 */
export function apiRouter(routes: readonly Route[], ports: ApiPorts): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  const rate = new RateLimiterMemory({
    points: ports.limits.apiRequestsPerMinute,
    duration: 60,
  });
  for (const route of routes) {
    router[route.method](route.path.replaceAll(/\{(\w+)\}/g, ":$1"), async (request, response) => {
      try {
        const call = await admitted(route, request, response, ports, rate);
        const reply = await route.handle(call);
        if (route.method !== "get") noteChange(route, call);
        await answer(response, route, reply);
      } catch (error) {
        refuse(response, error, route.name, ports);
      }
    });
  }
  // An id in a path that is no percent-encoded text never reaches a route.
  const undecodable: ErrorRequestHandler = (error, _request, response, next) => {
    if (!(error instanceof URIError)) next(error);
    else refuse(response, invalid("The path must be percent-encoded."), "none", ports);
  };
  router.use(undecodable);
  return router;
}

/** Who calls, whether they may, how often, and only then with what. */
async function admitted(
  route: Route,
  request: Request,
  response: Response,
  ports: ApiPorts,
  rate: RateLimiterMemory,
): Promise<Call> {
  if (ports.isAway()) {
    throw new ApiError("UNAVAILABLE", "The server is restarting. Please try again.");
  }
  const caller = route.roles === null ? ANYBODY : await callerOf(request, route.roles, ports);
  if (route.roles !== null) await count(caller, rate);
  const fields = queryFields(request.originalUrl);
  if (route.body) await read(request, response);
  return {
    ...caller,
    params: checked(route.params ?? NO_FIELDS, { ...request.params }),
    query: checked(route.query ?? NO_FIELDS, fields),
    body: route.body ? checked(route.body, jsonBody(request), "The body") : undefined,
    ifMatch: request.get("if-match"),
    ifNoneMatch: request.get("if-none-match"),
    ports,
  };
}

const JSON_TYPE = "application/json; charset=utf-8";
const NO_FIELDS: z.ZodType = z.strictObject({});

type Caller = Pick<Call, "principal" | "role" | "organizationId">;

const NOBODY: Principal = {
  userId: "",
  organizationId: null,
  role: null,
  name: null,
  email: null,
};
const ANYBODY: Caller = { principal: NOBODY, role: "curator", organizationId: "" };

async function callerOf(
  request: Request,
  roles: readonly Role[],
  { principals }: ApiPorts,
): Promise<Caller> {
  const token = bearerOf(request);
  const principal = token === null ? null : await principals.verify(token);
  if (!principal) {
    const message = "A bearer token of a principal is needed in the Authorization header.";
    throw new ApiError("UNAUTHENTICATED", message);
  }
  const role = ROLES.find((known) => known === principal.role);
  const { organizationId } = principal;
  if (!role || !roles.includes(role)) throw forbidden();
  if (organizationId === null) throw forbidden("Your token names no organization.");
  return { principal, role, organizationId };
}

async function count({ organizationId, principal }: Caller, rate: RateLimiterMemory) {
  try {
    await rate.consume(JSON.stringify([organizationId, principal.userId]));
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    const message = "Too many requests. Please wait before the next one.";
    throw new ApiError("RATE_LIMITED", message, error.msBeforeNext);
  }
}

function read(request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    bodyReader(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(invalid(bodyProblem(error)));
    });
  });
}

function bodyProblem(error: unknown): string {
  const type = error instanceof Error && "type" in error ? error.type : undefined;
  if (type === "entity.too.large") return "The body may have at most 256 KiB.";
  return "The body must be JSON in UTF-8, sent whole and not compressed.";
}

/** Who changed what through the API: its name alone, nothing of what was said. */
function noteChange({ name: operation }: Route, { principal, organizationId, ports }: Call): void {
  ports.log.info({ operation, organizationId, principal: principal.userId }, "changed by the api");
}

async function answer(
  response: Response,
  { answer, status = 200 }: Route,
  reply: Reply,
): Promise<void> {
  if (reply.body instanceof JsonPieces) {
    await reply.body.writeTo(() => begin(response, status, JSON_TYPE));
    return;
  }
  if (reply.etag !== undefined) response.setHeader("ETag", `"${reply.etag}"`);
  if (answer) send(response, reply.status ?? status, reply.body);
  else send(response, 204, undefined);
}

function refuse(response: Response, thrown: unknown, operation: string, ports: ApiPorts): void {
  const { code, message, retryAfterMs } = apiErrorOf(thrown);
  const status = API_ERRORS[code];
  if (status >= 500 && code !== "UNAVAILABLE") {
    ports.log.error({ operation, code, ...faultOf(thrown) }, "api request failed");
  } else {
    ports.log.debug({ operation, code }, "api request refused");
  }
  if (code === "UNAUTHENTICATED") response.setHeader("WWW-Authenticate", "Bearer");
  if (retryAfterMs !== undefined) {
    response.setHeader("Retry-After", String(Math.ceil(retryAfterMs / 1_000)));
  }
  // What was begun can only be cut off, so that nobody takes it for whole.
  if (response.headersSent) response.destroy();
  else send(response, status, { error: { code, message } });
}

// Not Express's `json`: a host's settings (its own ETags, indents) are not ours.
function send(response: Response, status: number, body: unknown): void {
  if (body === undefined) {
    begin(response, status).end();
    return;
  }
  const json = JSON.stringify(body);
  response.setHeader("Content-Length", Buffer.byteLength(json));
  begin(response, status, JSON_TYPE).end(json);
}

function begin(response: Response, status: number, type?: string): Response {
  response.statusCode = status;
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("X-Content-Type-Options", "nosniff");
  if (type !== undefined) response.setHeader("Content-Type", type);
  return response;
}
