import { z } from "zod";
import type { AgentRow } from "../../store/records.js";
import type { AgentChange } from "../../store/store.js";
import {
  agentList,
  agentView,
  configuredView,
  overriddenView,
  storedView,
  type AgentList,
  type AgentView,
} from "../agent-view.js";
import { agentWriting, type AgentWriting } from "../agent-writing.js";
import { ApiError, forbidden, notFound } from "../api-error.js";
import { etagOf, expectedOf } from "../condition.js";
import { identifier, pageCursor, pageLimit } from "../field.js";
import type { ConfiguredAgent } from "../ports.js";
import { ADMIN, CURATOR, route, type Call, type Reply, type Route } from "../route.js";

const params = z.strictObject({ agentId: identifier });
type Params = z.infer<typeof params>;

/** Agents and their policies. */
export function agentRoutes(): Route[] {
  return [listAgents, getAgent, putAgent, deleteAgent];
}

const listAgents = route({
  name: "listAgents",
  method: "get",
  path: "/agents",
  summary: "The organization's agents.",
  description:
    "Those that only the config module describes stand on the first page, before the others. " +
    "Agents that only a function of the host knows are not listed.",
  roles: CURATOR,
  params: null,
  query: z.strictObject({ limit: pageLimit, cursor: pageCursor }),
  body: null,
  answer: agentList,
  async handle({ query, organizationId, ports }): Promise<Reply<AgentList>> {
    const page = await ports.store.agentRows({ ...query, organizationId });
    const configured =
      query.cursor === undefined ? await onlyConfigured(organizationId, ports) : [];
    const agents = [...configured, ...page.agents.map((row) => viewOf(row, ports))];
    return { body: { agents, nextCursor: page.nextCursor } };
  },
});

const getAgent = route({
  name: "getAgent",
  method: "get",
  path: "/agents/{agentId}",
  summary: "One agent: its behaviour and its policy, never its secrets.",
  roles: CURATOR,
  params,
  query: null,
  body: null,
  answer: agentView,
  isVersioned: true,
  async handle({ params: { agentId }, organizationId, ports }): Promise<Reply<AgentView>> {
    const row = await ports.store.agentRow(agentId);
    if (row?.organizationId === organizationId) return reply(row, ports);
    const configured = ports.configuredAgents.get(agentId);
    if (configured?.organizationId !== organizationId || isTaken(row, ports)) throw notFound();
    return { body: configuredView(agentId, configured) };
  },
});

const putAgent = route<Params, Record<string, never>, AgentWriting, AgentView>({
  name: "putAgent",
  method: "put",
  path: "/agents/{agentId}",
  summary: "Writes an agent, and makes it when there is none.",
  description:
    "Each of `behaviour`, `policy` and `secrets` is replaced whole; one that is absent stays as it is, and " +
    "null takes it away. `policy` and `secrets` are for admins, and count where the server's `policies` " +
    'is "database". Secrets are never read back. A behaviour counts before that of the config module; ' +
    "`policy` and `secrets` of an agent whose policy the config module gives are a conflict. Where " +
    "policies come from elsewhere, an agent without one is for the default organization alone.",
  roles: CURATOR,
  params,
  query: null,
  body: agentWriting,
  answer: agentView,
  isVersioned: true,
  isMaking: true,
  errors: ["CONFLICT", "PRECONDITION_FAILED"],
  async handle(call): Promise<Reply<AgentView>> {
    const {
      params: { agentId: id },
      body,
      organizationId,
      ports,
    } = call;
    await refuseOthers(call);
    const isPolicyWritten = body.policy !== undefined || body.secrets !== undefined;
    if (isPolicyWritten && call.role !== "admin") {
      throw forbidden("Your role does not allow this: policy and secrets are for admins.");
    }
    if (isPolicyWritten && ports.configuredAgents.get(id)?.policy) throw policyElsewhere();
    const expected = expectedOf(call);
    const parts = partsOf(body);
    const saved = await ports.store.saveAgent({ id, organizationId, parts, expected });
    if (saved.outcome === "foreign") throw notFound();
    if (saved.outcome === "stale") throw stale();
    return reply(saved.agent, ports, saved.outcome === "created" ? 201 : 200);
  },
});

const deleteAgent = route({
  name: "deleteAgent",
  method: "delete",
  path: "/agents/{agentId}",
  summary: "Deletes an agent; its conversations stay.",
  description: "One that the config module describes too behaves again as it says there.",
  roles: ADMIN,
  params,
  query: null,
  body: null,
  answer: null,
  isVersioned: true,
  errors: ["CONFLICT", "PRECONDITION_FAILED"],
  async handle(call): Promise<Reply<null>> {
    const {
      params: { agentId },
      organizationId,
      ports,
    } = call;
    const { store, configuredAgents } = ports;
    const deleted = await store.deleteAgent(agentId, organizationId, expectedOf(call));
    if (deleted === "stale") throw stale();
    if (deleted === "unknown") {
      if (configuredAgents.get(agentId)?.organizationId === organizationId) throw readOnly();
      throw notFound();
    }
    return { body: null };
  },
});

/** Agents of the config module for which the organization has no row, which is listed in its place. */
async function onlyConfigured(organizationId: string, ports: Call["ports"]): Promise<AgentView[]> {
  const { store, configuredAgents } = ports;
  const own = [...configuredAgents].filter(([, agent]) => agent.organizationId === organizationId);
  const rows = await Promise.all(own.map(([agentId]) => store.agentRow(agentId)));
  return own.flatMap(([agentId, agent], index) => {
    const row = rows[index] ?? null;
    const isListed = row?.organizationId === organizationId || isTaken(row, ports);
    return isListed ? [] : [configuredView(agentId, agent)];
  });
}

/** Whether the row has the agent for its own organization, whatever the config module says. */
function isTaken(row: AgentRow | null, { policies }: Call["ports"]): boolean {
  return row !== null && policies.areRows === true;
}

/** A row as it counts: together with what the config module says of the same organization's agent. */
function viewOf(row: AgentRow, { configuredAgents }: Call["ports"]): AgentView {
  const configured = configuredAgents.get(row.id);
  const isOverridden = configured?.organizationId === row.organizationId;
  return isOverridden ? overriddenView(row, configured) : storedView(row);
}

/**
 * Refuses an agent that somebody else describes or admits visitors to, and one that nobody knows
 * yet: the row would steer it once it is theirs. Where rows are the policies, the store refuses others' rows.
 *
 * @throws {ApiError} NOT_FOUND when it is not the caller's organization's
 */
async function refuseOthers({ params, organizationId, ports }: Call<Params>): Promise<void> {
  const { policies, configuredAgents, access } = ports;
  const { agentId } = params;
  const configured: ConfiguredAgent | undefined = configuredAgents.get(agentId);
  if (policies.areRows) {
    if (configured && configured.organizationId !== organizationId) throw notFound();
    return;
  }
  const policy = await policies.policy(agentId);
  const owner = policy ? policy.organizationId : configured?.organizationId;
  if ((owner ?? access.defaultOrganizationId) !== organizationId) throw notFound();
}

function partsOf({ behaviour, policy, secrets }: AgentWriting): AgentChange["parts"] {
  return {
    ...(behaviour !== undefined && { behaviour: behaviour && JSON.stringify(behaviour) }),
    ...(policy !== undefined && {
      allowedOrigins: policy && JSON.stringify(policy.allowedOrigins),
      publicKeys: JSON.stringify(policy?.publicKeys ?? []),
    }),
    ...(secrets !== undefined && { secrets: JSON.stringify(secrets ?? []) }),
  };
}

function reply(row: AgentRow, ports: Call["ports"], status: 200 | 201 = 200): Reply<AgentView> {
  return { body: viewOf(row, ports), status, etag: etagOf(row.updatedAt) };
}

function readOnly(): ApiError {
  return new ApiError("CONFLICT", "This agent is described in the config module; change it there.");
}

function policyElsewhere(): ApiError {
  const message =
    "This agent's policy is in the config module; leave out policy and secrets, and change them there.";
  return new ApiError("CONFLICT", message);
}

function stale(): ApiError {
  const message = "The agent is not as If-Match or If-None-Match expects it. Read it again.";
  return new ApiError("PRECONDITION_FAILED", message);
}
