import { timeout, TimeoutStrategy } from "cockatiel";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import { depthOf } from "../tools/json-depth.js";
import type { BehaviourSource } from "./agent.js";
import {
  readBehaviour,
  SETTING_LEVELS,
  type AgentBehaviour,
  type ReadBehaviour,
} from "./behaviour.js";
import { SourceFault } from "./source-fault.js";

/** A host's own function that says how an agent behaves; null when it does not know the agent. */
export type AgentFunction = (
  agentId: string,
) => AgentBehaviour | null | undefined | Promise<AgentBehaviour | null | undefined>;

/**
 * Behaviours from a host's function.
 *
 * @param cacheMs how long an answer serves, in milliseconds; one question per agent is under way at most
 * @param timeoutMs how long the function may take
 * @throws {SourceFault} from the source, when the function throws or is late
 */
export function hostBehaviours(
  ask: AgentFunction,
  { cacheMs, timeoutMs, log }: { cacheMs: number; timeoutMs: number; log: Logger },
): BehaviourSource {
  const complain = complaints(log);
  const inTime = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  const answers = new LRUCache<string, { behaviour: AgentBehaviour | null }>({
    max: MOST_AGENTS,
    // Without an end it would be for ever.
    ttl: Math.max(cacheMs, 1),
    perf: { now: () => performance.now() },
    // Whoever waits for an answer gets it, although others took its place in the cache.
    ignoreFetchAbort: true,
    async fetchMethod(agentId) {
      const given: unknown = await inTime.execute(async () => ask(agentId));
      if (given === null || given === undefined) return { behaviour: null };
      return { behaviour: complain(agentId, readBehaviour(given)) };
    },
  });
  return async (agentId) => {
    try {
      const answer = await answers.fetch(agentId, { forceRefresh: cacheMs === 0 });
      return answer?.behaviour ?? null;
    } catch (error) {
      log.error({ agentId, ...faultOf(error) }, "the host's function for agents failed");
      throw new SourceFault(error);
    }
  };
}

/**
 * Behaviours from the database, asked each time: an edit is seen at once, whichever process made it.
 *
 * @param read the JSON text of an agent's behaviour; null when its row gives none or there is no row
 */
export function storedBehaviours(
  read: (agentId: string) => Promise<string | null>,
  log: Logger,
): BehaviourSource {
  const complain = complaints(log);
  const known = new LRUCache<string, { text: string; behaviour: AgentBehaviour }>({
    max: MOST_AGENTS,
  });
  return async (agentId) => {
    const text = await read(agentId);
    if (text === null) return null;
    const before = known.get(agentId);
    if (before?.text === text) return before.behaviour;
    const behaviour = complain(agentId, readBehaviourText(text));
    known.set(agentId, { text, behaviour });
    return behaviour;
  };
}

/** How many agents are remembered; of more, those that were asked for last. */
const MOST_AGENTS = 1_000;
/** Problems of one behaviour that are logged. */
const MOST_PROBLEMS = 20;

/** Logs what was wrong with an agent's behaviour once, until it changes. */
function complaints(log: Logger) {
  const said = new LRUCache<string, string>({ max: MOST_AGENTS });
  return (agentId: string, read: ReadBehaviour): AgentBehaviour => {
    const problems = read.problems.slice(0, MOST_PROBLEMS);
    const text = problems.join("\n");
    if (text !== (said.get(agentId) ?? "")) {
      said.set(agentId, text);
      if (text !== "") log.warn({ agentId, problems }, "malformed parts of an agent are left out");
    }
    return read.behaviour;
  };
}

/** Reads a behaviour that is kept as JSON text; nested too deep, or no JSON, it is closed as a whole. */
export function readBehaviourText(text: string): ReadBehaviour {
  return readBehaviour(parsed(text));
}

function parsed(text: string): unknown {
  if (depthOf(text) > SETTING_LEVELS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
