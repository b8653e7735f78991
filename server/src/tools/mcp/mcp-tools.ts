import type { Logger } from "pino";
import type { ToolSource } from "../tool-source.js";
import type { McpConnection } from "./mcp-connection.js";
import type { McpServer } from "./mcp-server.js";

export interface McpOptions {
  confirmTools: readonly string[];
  /** How long a turn waits for servers that are not connected, in milliseconds. */
  waitMs: number;
  log: Logger;
}

/** The tools of MCP servers. One that is down leaves its own out and holds nobody up for long. */
export function mcpTools(
  servers: Readonly<Record<string, McpServer>>,
  { confirmTools, waitMs, log }: McpOptions,
): ToolSource {
  let made: Promise<McpConnection[]> | undefined;

  // The client takes 27 MB and a good part of a second: it is there only for who speaks with a server.
  const connections = async () => {
    const { McpConnection } = await import("./mcp-connection.js");
    return Object.entries(servers).map(
      ([name, settings]) => new McpConnection(name, settings, confirmTools, log),
    );
  };

  return {
    async tools() {
      made ??= connections();
      const listed = await Promise.all((await made).map((one) => one.tools(waitMs)));
      return listed.flat();
    },
    async close() {
      await Promise.all(((await made) ?? []).map((one) => one.close()));
    },
  };
}
