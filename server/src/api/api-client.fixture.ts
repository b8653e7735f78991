import { Ajv2020 } from "ajv/dist/2020.js";
import { SignJWT } from "jose";
import { expect } from "vitest";
import type { RunningServer } from "../running-server.fixture.js";
import { openApi } from "./openapi.js";
import { routeTable } from "./route-table.js";

export const PRINCIPAL_SECRET = "a secret of the host's dashboards, 32 characters";

/** An answer of the API, checked against its description. */
export interface ApiAnswer {
  status: number;
  text: string;
  /** Undefined for an answer without a body. */
  json: unknown;
  headers: Headers;
}

export interface ApiRequest {
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  text?: string;
  headers?: Record<string, string>;
}

/** The token of a principal. */
export async function principalToken(
  claims: Record<string, unknown>,
  secret = PRINCIPAL_SECRET,
): Promise<string> {
  const exp = Math.floor(Date.now() / 1_000) + 3_600;
  return new SignJWT({ sub: "dashboard", exp, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(secret));
}

/** Speaks to the API as one principal. Every answer is held to what the description says of it. */
export class ApiClient {
  constructor(
    readonly server: Pick<RunningServer, "url">,
    readonly token: string | null,
  ) {}

  static async of(
    server: Pick<RunningServer, "url">,
    org: string,
    role = "admin",
  ): Promise<ApiClient> {
    return new ApiClient(server, await principalToken({ org, role, sub: `${role} of ${org}` }));
  }

  get = (path: string, given?: ApiRequest) => this.ask("GET", path, given);
  put = (path: string, body: unknown, given?: ApiRequest) =>
    this.ask("PUT", path, { body, ...given });
  patch = (path: string, body: unknown) => this.ask("PATCH", path, { body });
  delete = (path: string, given?: ApiRequest) => this.ask("DELETE", path, given);

  /** @param path below the API's own path, with its query */
  async ask(method: string, path: string, given: ApiRequest = {}): Promise<ApiAnswer> {
    const { body, text = body === undefined ? undefined : JSON.stringify(body) } = given;
    const response = await fetch(`${this.server.url}/api${path}`, {
      method,
      headers: {
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...(text !== undefined && { "content-type": "application/json" }),
        ...given.headers,
      },
      ...(text !== undefined && { body: text }),
    });
    const said = await response.text();
    const json: unknown = said === "" ? undefined : JSON.parse(said);
    const answer = { status: response.status, text: said, json, headers: response.headers };
    expectDescribed(method, path, answer);
    return answer;
  }
}

/** The bytes of an answer: its status, its headers but for the date, its body. */
export function bytesOf({ status, headers, text }: ApiAnswer): string {
  const kept = [...headers].filter(([name]) => name !== "date");
  return JSON.stringify([status, kept, text]);
}

/** What is refused, in one line. */
export function refusalOf({ status, json }: ApiAnswer): string {
  const { error } = json as { error: { code: string; message: string } };
  return `${status} ${error.code}: ${error.message}`;
}

const routes = routeTable("/api");
const described = openApi(routes, "/api") as {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
};
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(described, "openapi");

function expectDescribed(method: string, path: string, { status, json }: ApiAnswer): void {
  const [plain = ""] = path.split("?");
  const route = routes.find((each) => {
    const pattern = each.path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+");
    return each.method.toUpperCase() === method && new RegExp(`^${pattern}$`).test(plain);
  });
  if (!route) throw new Error(`no route is described for ${method} ${plain}`);
  const escaped = route.path.replaceAll("~", "~0").replaceAll("/", "~1");
  const responses = described.paths[route.path]?.[route.method]?.responses ?? {};
  expect(Object.keys(responses), `${route.name} answered ${status}`).toContain(String(status));
  if (json === undefined) return;
  const pointer = `/paths/${escaped}/${route.method}/responses/${status}`;
  const validate = ajv.getSchema(`openapi#${encodeURI(pointer)}/content/application~1json/schema`);
  if (!validate) throw new Error(`no schema at ${pointer}`);
  if (!validate(json)) {
    throw new Error(
      `${route.name} answered what it does not describe: ${ajv.errorsText(validate.errors)}`,
    );
  }
}
