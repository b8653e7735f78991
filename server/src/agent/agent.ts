import type { AgentBehaviour } from "./behaviour.js";

/** How an agent behaves, with every default filled in; who may embed it is its policy. */
export interface Agent extends AgentBehaviour {
  id: string;
  /** Whether anybody described it: only then it is offered tools. */
  isKnown: boolean;
  name: string;
  model: string;
  maxIterations: number;
  visibility: "public" | "internal";
}

/** Where agents are found; an unknown id behaves as a plain assistant without tools. */
export interface AgentDirectory {
  /** @throws whatever the source of behaviours throws: a fault is never taken for "no behaviour" */
  agent(agentId: string): Promise<Agent>;
}

/** The behaviour of an agent; null when the source knows none. */
export type BehaviourSource = (agentId: string) => Promise<AgentBehaviour | null>;

/**
 * Agents from the first source that knows them.
 *
 * @param defaultModel the model of agents that name none
 */
export function agentDirectory(
  sources: readonly BehaviourSource[],
  defaultModel: string,
): AgentDirectory {
  return {
    async agent(id) {
      for (const source of sources) {
        const behaviour = await source(id);
        if (behaviour) return { ...withDefaults(behaviour, defaultModel), id, isKnown: true };
      }
      return { ...withDefaults({ tools: [] }, defaultModel), id, isKnown: false };
    },
  };
}

/** Behaviours from the config module. */
export function configuredBehaviours(agents: ReadonlyMap<string, AgentBehaviour>): BehaviourSource {
  return async (agentId) => agents.get(agentId) ?? null;
}

function withDefaults(behaviour: AgentBehaviour, model: string) {
  const defaults = { name: "Assistant", model, maxIterations: 20, visibility: "public" } as const;
  return { ...defaults, ...definedOf(behaviour) };
}

function definedOf<Type extends object>(value: Type): Partial<Type> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Partial<Type>;
}
