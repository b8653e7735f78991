import { timeout, TimeoutStrategy } from "cockatiel";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import { argumentSchema, type ArgumentSchema } from "./argument-schema.js";
import { toolDefinitionSchema } from "./tool-definition.js";
import { LONGEST_SOURCED_MS, type ToolQuery, type ToolSource } from "./tool-source.js";
import type { ToolDefinition } from "./tool.js";
import { readyTool, type Tool } from "./toolbox.js";

/** A host's own function that says which more tools there are, for whom. */
export type ToolProvider = (
  query: ToolQuery,
) => readonly ToolDefinition[] | Promise<readonly ToolDefinition[]>;

export interface ProviderOptions {
  confirmTools: readonly string[];
  /** How long the function may take, in milliseconds. */
  timeoutMs: number;
  log: Logger;
}

/**
 * Tools from a host's function. What it returns is checked as the config module's tools are: a bad
 * definition is left out and named in the log. When it throws, answers no list or is late, the turn
 * fails: it never goes on with fewer tools than the host meant.
 */
export function providedTools(provider: ToolProvider, options: ProviderOptions): ToolSource {
  const { confirmTools, timeoutMs, log } = options;
  /** Most hosts return the same schema each time, and to compile one takes milliseconds. */
  const schemas = new WeakMap<object, ArgumentSchema>();
  const complain = complaints(log);
  const inTime = timeout(timeoutMs, TimeoutStrategy.Aggressive);

  function ready(definition: ToolDefinition): Tool {
    const { parameters } = definition;
    if (parameters === undefined) return readyTool(definition, confirmTools);
    const schema = schemas.get(parameters) ?? argumentSchema(parameters);
    schemas.set(parameters, schema);
    return readyTool(definition, confirmTools, schema);
  }

  function readyOrNone(given: unknown, index: number): Tool[] {
    const parsed = toolDefinitionSchema.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      complain(index, `${issue?.path.map(String).join(".")} ${issue?.message}`.trim());
      return [];
    }
    if ((parsed.data.timeoutMs ?? 0) > LONGEST_SOURCED_MS) {
      complain(index, `timeoutMs must be at most ${LONGEST_SOURCED_MS}`);
      return [];
    }
    try {
      return [ready(parsed.data)];
    } catch {
      complain(
        index,
        "parameters must be a zod object or a JSON Schema of an object, and have what is editable",
      );
      return [];
    }
  }

  return {
    async tools(query, signal) {
      signal.throwIfAborted();
      try {
        const given: unknown = await inTime.execute(async () => provider(query), signal);
        if (!Array.isArray(given)) throw new TypeError("toolProvider must return an array.");
        if (given.length > MOST_TOOLS) complain(MOST_TOOLS, "is one tool too many");
        return given.slice(0, MOST_TOOLS).flatMap(readyOrNone);
      } catch (error) {
        if (!signal.aborted) {
          const agentId = query.agent.id;
          log.error(
            { agentId, ...faultOf(error) },
            "toolProvider failed: the turn ends in an error",
          );
        }
        throw error;
      }
    },
    close: async () => {},
  };
}

/** More than any model is good with. */
const MOST_TOOLS = 200;

/** Says what is wrong with a tool, and says the same again only after a while. */
function complaints(log: Logger): (index: number, problem: string) => void {
  const said = new LRUCache<string, true>({ max: 500, ttl: 60_000 });
  return (index, problem) => {
    if (said.has(`${index} ${problem}`)) return;
    said.set(`${index} ${problem}`, true);
    log.warn({ tool: index, problem }, "toolProvider returned a tool that was left out");
  };
}
