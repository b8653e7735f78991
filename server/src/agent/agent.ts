/** How an agent behaves; who may embed it is its policy. */
export interface Agent {
  id: string;
  name: string;
  /** Shown by the widget before the first message. */
  greeting?: string;
  /** Prompts the widget offers before the first message. */
  starters?: readonly string[];
  /** What the host tells the model about its task. */
  instructions?: string;
  model: string;
  /** Model steps of one turn; at the last one the model is told to answer without tools. */
  maxIterations: number;
}

/** Agents from configuration; an unknown id behaves as a plain assistant without tools. */
export interface AgentDirectory {
  agent(agentId: string): Agent;
  /** Whether the agent was configured: only then it is offered tools. */
  isConfigured(agentId: string): boolean;
}

export function configuredAgents(
  agents: ReadonlyMap<string, Partial<Omit<Agent, "id">>>,
  defaultModel: string,
): AgentDirectory {
  return {
    agent(agentId) {
      const configured = agents.get(agentId) ?? {};
      const defaults = { name: "Assistant", model: defaultModel, maxIterations: 20 };
      return { ...defaults, ...definedOf(configured), id: agentId };
    },
    isConfigured: (agentId) => agents.has(agentId),
  };
}

function definedOf<Type extends object>(value: Type): Partial<Type> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Partial<Type>;
}
