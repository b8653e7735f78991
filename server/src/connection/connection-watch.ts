import { setImmediate } from "node:timers/promises";
import { ActionError } from "../actions/action-error.js";
import { admitOrigin } from "../actions/admission.js";
import type { ActionPorts } from "../actions/ports.js";
import { faultOf } from "../log/fault.js";
import type { SessionRecord } from "../store/records.js";
import type { Connection } from "./connection.js";

/**
 * Sends away who holds a session that ended elsewhere, or may not use its agent any more: what another
 * process or the host's own policy source changed is told to nobody here. A fault of the database or of
 * the policies closes nothing and opens nothing.
 */
export async function watchConnections(
  connections: readonly Connection[],
  ports: ActionPorts,
): Promise<void> {
  const held = connections.flatMap((connection) =>
    connection.sessions().map((session) => ({ connection, session })),
  );
  for (const some of chunksOf(held)) await dropEnded(some, ports);
  for (const some of chunksOf([...byAdmission(held).values()])) {
    await Promise.all(some.map((group) => dropRefused(group, ports)));
    await setImmediate();
  }
}

interface Held {
  connection: Connection;
  session: SessionRecord;
}

/** Sessions or admissions that are looked at together. */
const CHUNK = 100;

async function dropEnded(held: readonly Held[], { store, log }: ActionPorts): Promise<void> {
  try {
    const ended = await store.endedAmong([...new Set(held.map(({ session }) => session.id))]);
    const reasons = new Map(ended.map(({ id, reason }) => [id, reason]));
    for (const { connection, session } of held) {
      const reason = reasons.get(session.id);
      if (reason !== undefined) connection.drop(session.id, reason);
    }
  } catch (error) {
    log.warn(faultOf(error), "open sessions could not be looked at");
  }
}

async function dropRefused(group: readonly Held[], ports: ActionPorts): Promise<void> {
  const [first] = group;
  if (!first || !(await isRefused(first, ports))) return;
  for (const { connection, session } of group) connection.drop(session.id, "policy");
}

async function isRefused({ connection, session }: Held, ports: ActionPorts): Promise<boolean> {
  try {
    await admitOrigin(session.agentId, connection, ports);
    return false;
  } catch (error) {
    const code = error instanceof ActionError ? error.code : undefined;
    if (code === "AGENT_NOT_AUTHORIZED" || code === "ORIGIN_NOT_ALLOWED") return true;
    ports.log.warn(
      { agentId: session.agentId, ...faultOf(error) },
      "policy could not be looked at",
    );
    return false;
  }
}

/** What is admitted by the same rules: one agent, one origin. */
function byAdmission(held: readonly Held[]): Map<string, Held[]> {
  const groups = new Map<string, Held[]>();
  for (const entry of held) {
    const { connection, session } = entry;
    const key = JSON.stringify([session.agentId, connection.origin ?? null]);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return groups;
}

function* chunksOf<Entry>(entries: readonly Entry[]): Generator<Entry[]> {
  for (let from = 0; from < entries.length; from += CHUNK) yield entries.slice(from, from + CHUNK);
}
