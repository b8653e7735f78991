import { setImmediate } from "node:timers/promises";
import { ActionError } from "../actions/action-error.js";
import { admitOrigin } from "../actions/admission.js";
import type { ActionPorts } from "../actions/ports.js";
import { PolicyUnavailable } from "../auth/agent-policy.js";
import { faultOf } from "../log/fault.js";
import type { SessionRecord } from "../store/records.js";
import { CLAIMED } from "../store/session-end-store.js";
import type { Connection } from "./connection.js";

/**
 * Sends away who holds a session that ended or became another user's elsewhere, or may not use its agent
 * any more: what another process or the host's own policy source changed is told to nobody here. Policies
 * that nobody can tell at two looks in a row, not even from an answer that is young enough, refuse. A fault
 * of the database closes nothing and opens nothing.
 *
 * @param untold the agents whose policies could not be told at the look before; brought up to date
 */
export async function watchConnections(
  connections: readonly Connection[],
  ports: ActionPorts,
  untold: Set<string>,
): Promise<void> {
  const held = connections.flatMap((connection) =>
    connection.sessions().map((session) => ({ connection, session })),
  );
  for (const some of chunksOf(held)) {
    await dropEnded(some, ports);
    await setImmediate();
  }
  const agentIds = [...new Set(held.map(({ session }) => session.agentId))];
  const rules = await rulesOf(agentIds, ports, untold);
  for (const some of chunksOf(held)) {
    await Promise.all(some.map((each) => dropRefused(each, rules)));
    await setImmediate();
  }
}

interface Held {
  connection: Connection;
  session: SessionRecord;
}

/** What admission asks of an agent, asked once for all its connections. */
type Rules = ReadonlyMap<string, ActionPorts>;

/** Sessions or agents that are looked at together; then whatever waits has its turn. */
const CHUNK = 50;
/** How old a policy may be that is looked at: with the pause between two looks, less than a minute. */
const POLICY_AGE_MS = 30_000;

async function dropEnded(held: readonly Held[], { store, log }: ActionPorts): Promise<void> {
  try {
    const ended = await store.endedAmong(held.map(({ session }) => session));
    const reasons = new Map(ended.map(({ session, reason }) => [session, reason]));
    for (const { connection, session } of held) {
      const reason = reasons.get(session);
      if (reason === CLAIMED) connection.disown(session);
      else if (reason !== undefined) connection.drop(session.id, reason);
    }
  } catch (error) {
    log.warn(faultOf(error), "open sessions could not be looked at");
  }
}

/**
 * Those of the agents whose policy and behaviour can be told, or whose policies refuse them as long as
 * nobody can say; the others' connections stay as they are.
 */
async function rulesOf(
  agentIds: readonly string[],
  ports: ActionPorts,
  untold: Set<string>,
): Promise<Rules> {
  const rules = new Map<string, ActionPorts>();
  const before = new Set(untold);
  untold.clear();
  const read = async (agentId: string): Promise<void> => {
    try {
      const policy = await ports.policies.policy(agentId, POLICY_AGE_MS);
      const agent = await ports.agents.agent(agentId);
      const policies = { policy: async () => policy, known: () => null };
      rules.set(agentId, { ...ports, policies, agents: { agent: async () => agent } });
    } catch (error) {
      ports.log.warn({ agentId, ...faultOf(error) }, "policy could not be looked at");
      if (!(error instanceof PolicyUnavailable)) return;
      untold.add(agentId);
      // A source that fails once must not send everybody away.
      if (!before.has(agentId)) return;
      const policies = { policy: () => Promise.reject(error), known: () => null };
      rules.set(agentId, { ...ports, policies });
    }
  };
  for (const some of chunksOf(agentIds)) await Promise.all(some.map(read));
  return rules;
}

async function dropRefused({ connection, session }: Held, rules: Rules): Promise<void> {
  const ports = rules.get(session.agentId);
  if (!ports) return;
  try {
    await admitOrigin(session.agentId, connection, ports);
  } catch (error) {
    // Whatever is no refusal is no reason.
    if (error instanceof ActionError) connection.drop(session.id, "policy");
  }
}

function* chunksOf<Entry>(entries: readonly Entry[]): Generator<Entry[]> {
  for (let from = 0; from < entries.length; from += CHUNK) yield entries.slice(from, from + CHUNK);
}
