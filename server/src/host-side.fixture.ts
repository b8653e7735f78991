import { ApiClient, PRINCIPAL_SECRET, type ApiAnswer } from "./api/api-client.fixture.js";
import {
  runningServer,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";

/** Posts to the host API as a curator of an organization. */
export type HostSide = (path: string, body: unknown) => Promise<HostAnswer>;

export interface HostAnswer extends ApiAnswer {
  json: Record<string, unknown>;
}

/** A running server with the host API, and its host's own side. */
export async function serverWithHost(
  options: RunningServerOptions = {},
): Promise<{ server: RunningServer; host: HostSide }> {
  const server = await runningServer({ principals: { secret: PRINCIPAL_SECRET }, ...options });
  return { server, host: await hostSide(server) };
}

export async function hostSide(
  server: Pick<RunningServer, "url">,
  organizationId = "default",
): Promise<HostSide> {
  const client = await ApiClient.of(server, organizationId, "curator");
  return async (path, body) => {
    const given = typeof body === "string" ? { text: body } : { body };
    const answer = await client.ask("POST", path, given);
    return { ...answer, json: answer.json as Record<string, unknown> };
  };
}
