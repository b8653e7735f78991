import type { CallToolResult, Tool as ListedTool } from "@modelcontextprotocol/client";
import { depthOf } from "../json-depth.js";
import { matchesAny } from "../name-pattern.js";
import { LONGEST_SOURCED_MS } from "../tool-source.js";
import { ToolError, type ToolContext, type ToolDefinition } from "../tool.js";
import { titleOf } from "../title.js";
import { readyTool, type Tool } from "../toolbox.js";
import { mcpToolName } from "./mcp-tool-name.js";
import type { McpServer } from "./mcp-server.js";

/** Calls a tool by the name its server has for it. */
export type McpCall = (
  name: string,
  args: Record<string, unknown>,
  context: ToolContext,
) => Promise<CallToolResult>;

/**
 * A server's tool as one of ours. It asks first unless the host's configuration says that it only reads:
 * what a server says of itself can make a tool ask, never spare it.
 *
 * @throws when its schema is none of an object, too big or too deep
 */
export function mcpTool(
  server: { name: string; settings: McpServer; confirmTools: readonly string[] },
  listed: ListedTool,
  call: McpCall,
): Tool {
  const { readOnly = [], timeoutMs } = server.settings;
  const title = plainLine(listed.title ?? listed.annotations?.title ?? titleOf(listed.name));
  const reads = matchesAny(readOnly, listed.name) && listed.annotations?.destructiveHint !== true;
  const definition: ToolDefinition = {
    name: mcpToolName(server.name, listed.name),
    title,
    description: (listed.description?.trim() || title).slice(0, MOST_DESCRIPTION).toWellFormed(),
    parameters: schemaOf(listed),
    ...(timeoutMs !== undefined && { timeoutMs: Math.min(timeoutMs, LONGEST_SOURCED_MS) }),
    // Only the host's word makes it harmless to run it twice.
    idempotent: reads,
    confirm: (args) => ({
      title,
      summary: `Run ${title} of ${server.name}`,
      fields: Object.entries(args).map(([name, value]) => ({
        label: titleOf(name),
        value: typeof value === "string" ? value : JSON.stringify(value),
      })),
    }),
    execute: async (args, context) => resultOf(await call(listed.name, args, context)),
  };
  const tool = readyTool(definition, server.confirmTools);
  return { ...tool, gated: !reads || matchesAny(server.confirmTools, definition.name) };
}

const MOST_DESCRIPTION = 4_000;
const MOST_TITLE = 100;
const MOST_SCHEMA = 64_000;
const SCHEMA_LEVELS = 64;

function schemaOf({ inputSchema }: ListedTool): Record<string, unknown> {
  const text = JSON.stringify(inputSchema);
  if (text.length > MOST_SCHEMA || depthOf(text) > SCHEMA_LEVELS) {
    throw new Error("parameters are too big or too deep");
  }
  return inputSchema;
}

/** What a visitor is shown, on one line. */
function plainLine(text: string): string {
  return text
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, MOST_TITLE)
    .toWellFormed();
}

/** Text as it is, anything else as JSON. */
function resultOf({ content, structuredContent, isError }: CallToolResult): string {
  const parts = content.map((part) => (part.type === "text" ? part.text : JSON.stringify(part)));
  if (parts.length === 0 && structuredContent !== undefined) {
    parts.push(JSON.stringify(structuredContent));
  }
  const text = parts.join("\n");
  if (isError === true) throw new ToolError(text || "The tool failed.");
  return text;
}
