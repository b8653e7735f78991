import {
  Client,
  StreamableHTTPClientTransport,
  type ClientOptions,
  type Tool,
  type Transport,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import type { McpServer } from "./mcp-server.js";

/** How long a server may take to greet us, and to list its tools, in milliseconds. */
const CONNECT_MS = 10_000;
/** How long a server is given to end our session. */
const GOODBYE_MS = 1_000;

/** One connection to a server. */
export interface McpClient {
  client: Client;
  connect(): Promise<void>;
  /** All its tools, from every page. */
  list(): Promise<Tool[]>;
  /** Ends the session and the process. Never rejects. */
  close(): Promise<void>;
}

type ToolsChanged = NonNullable<NonNullable<ClientOptions["listChanged"]>["tools"]>["onChanged"];

/** A connection that was not made yet. */
export function mcpClient(
  settings: McpServer,
  hears: { toolsChanged: ToolsChanged; lost: () => void },
): McpClient {
  const isHttp = "url" in settings;
  const client = new Client(
    { name: "smooth-agent", version: "1" },
    {
      capabilities: {},
      // A process would be started twice to find out, and older servers know only the older way.
      versionNegotiation: { mode: isHttp ? "auto" : "legacy", probe: { timeoutMs: CONNECT_MS } },
      inputRequired: { autoFulfill: false },
      // What a tool returns is text for a model: a server's slip in its own schema loses no result.
      jsonSchemaValidator: {
        getValidator: () => (input) => ({
          valid: true,
          data: input as never,
          errorMessage: undefined,
        }),
      },
      listChanged: { tools: { onChanged: hears.toolsChanged } },
    },
  );
  // What goes wrong is told again by the call that fails of it.
  Object.assign(client, { onerror: () => undefined, onclose: hears.lost });
  const transport = transportOf(settings);
  return {
    client,
    connect: () => client.connect(transport, { timeout: CONNECT_MS }),
    async list() {
      // Asked for them, the client would say so on the console.
      if (!client.getServerCapabilities()?.tools) return [];
      return (await client.listTools(undefined, { timeout: CONNECT_MS })).tools;
    },
    async close() {
      if (transport instanceof StreamableHTTPClientTransport) {
        const late = new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref());
        await Promise.race([transport.terminateSession().catch(() => undefined), late]);
      }
      await client.close().catch(() => undefined);
      await transport.close().catch(() => undefined);
    },
  };
}

function transportOf(settings: McpServer): Transport {
  if ("url" in settings) {
    const { url, headers = {} } = settings;
    return new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  }
  const { command, args = [], env } = settings;
  // What it writes to its error output may hold anything, and is not ours to log.
  return new StdioClientTransport({ command, args, ...(env && { env }), stderr: "ignore" });
}
