import { matchesAny } from "../tools/name-pattern.js";
import { strictest } from "../tools/auth-level.js";
import type { Tool, Toolbox } from "../tools/toolbox.js";
import type { Agent } from "./agent.js";
import type { ToolSetting } from "./behaviour.js";

/** What an agent says of one tool; empty when it says nothing. */
export function settingOf({ toolSettings = {} }: Agent, toolName: string): ToolSetting {
  return Object.hasOwn(toolSettings, toolName) ? (toolSettings[toolName] ?? {}) : {};
}

/**
 * What there is for an agent: the tools that its allow-list means, all without one, none when nobody
 * described the agent; each with the stricter of its own level and the agent's, and asking when either does.
 */
export function toolsOf(agent: Agent, tools: Iterable<Tool>): Toolbox {
  const { isKnown, tools: patterns } = agent;
  if (!isKnown) return new Map();
  return new Map(
    [...tools]
      .filter(({ definition }) => patterns === undefined || matchesAny(patterns, definition.name))
      .map((tool) => {
        const { name } = tool.definition;
        const setting = settingOf(agent, name);
        const authLevel = strictest(tool.authLevel, setting.authLevel);
        const asks = setting.confirm === true;
        const { gated, alwaysAsks } = tool;
        return [name, { ...tool, authLevel, gated: gated || asks, alwaysAsks: alwaysAsks || asks }];
      }),
  );
}
