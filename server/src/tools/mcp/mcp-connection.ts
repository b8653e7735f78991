import { ProtocolError, SdkError, SdkHttpError } from "@modelcontextprotocol/client";
import type { CallToolResult, Tool as ListedTool } from "@modelcontextprotocol/client";
import type { Logger } from "pino";
import { faultOf } from "../../log/fault.js";
import { LONGEST_SOURCED_MS } from "../tool-source.js";
import { ToolError, type ToolContext } from "../tool.js";
import type { Tool } from "../toolbox.js";
import { UnknownOutcome } from "../unknown-outcome.js";
import { mcpClient, type McpClient } from "./mcp-client.js";
import type { McpServer } from "./mcp-server.js";
import { mcpTool } from "./mcp-tool.js";

/** Milliseconds before a server that failed is tried again: doubled by each failure, up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Tools of one server; of more, the first. */
const MOST_TOOLS = 200;

/** One server, connected when its tools are first wanted, and again after it was lost. */
export class McpConnection {
  /** The one that is connected. */
  #current: McpClient | undefined;
  /** The one that was made last, connected or not yet. */
  #made: McpClient | undefined;
  #tools: readonly Tool[] = [];
  #connecting: Promise<void> | undefined;
  #failures = 0;
  #notBefore = 0;
  #isClosed = false;

  constructor(
    readonly name: string,
    private readonly settings: McpServer,
    private readonly confirmTools: readonly string[],
    private readonly log: Logger,
  ) {}

  /** Its tools, or none when it is not there within `waitMs`. Never rejects. */
  async tools(waitMs: number): Promise<readonly Tool[]> {
    if (!(await this.#ready(waitMs))) {
      this.log.warn({ server: this.name }, "MCP server is not there: its tools are left out");
    }
    return this.#tools;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#made?.close(), this.#connecting]);
    this.#lose(this.#current);
  }

  async #ready(waitMs: number): Promise<boolean> {
    if (this.#current) return true;
    if (this.#isClosed || (!this.#connecting && performance.now() < this.#notBefore)) return false;
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
    await Promise.race([this.#connecting, late]);
    clearTimeout(timer);
    return this.#current !== undefined;
  }

  async #connect(): Promise<void> {
    const made = mcpClient(this.settings, {
      toolsChanged: (error, listed) => {
        if (this.#current !== made) return;
        if (error) this.#lose(made);
        else this.#tools = this.#toolsOf(listed ?? []);
      },
      lost: () => this.#lose(made),
    });
    this.#made = made;
    try {
      await made.connect();
      const listed = await made.list();
      if (this.#isClosed) throw new Error("The server is draining.");
      this.#tools = this.#toolsOf(listed);
      this.#current = made;
      this.#failures = 0;
    } catch (error) {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
      this.#failures += 1;
      this.#notBefore = performance.now() + pause;
      this.log.warn({ server: this.name, ...faultOf(error) }, "MCP server could not be reached");
      await made.close();
    }
  }

  #lose(lost: McpClient | undefined): void {
    if (lost === undefined || this.#current !== lost) return;
    this.#current = undefined;
    this.#tools = [];
    void lost.close();
  }

  #toolsOf(listed: readonly ListedTool[]): Tool[] {
    const { name, settings, confirmTools, log } = this;
    const seen = new Set<string>();
    return listed.slice(0, MOST_TOOLS).flatMap((one) => {
      try {
        const tool = mcpTool({ name, settings, confirmTools }, one, this.#call);
        if (seen.has(tool.definition.name)) throw new Error("The name is another tool's.");
        seen.add(tool.definition.name);
        return [tool];
      } catch (error) {
        log.warn(
          { server: name, tool: one.name.slice(0, 100), ...faultOf(error) },
          "MCP tool is left out",
        );
        return [];
      }
    });
  }

  readonly #call = async (
    name: string,
    args: Record<string, unknown>,
    context: ToolContext,
    isAgain = false,
  ): Promise<CallToolResult> => {
    if (!(await this.#ready(FIRST_PAUSE_MS)) || !this.#current) throw new ToolError(NOT_THERE);
    const used = this.#current;
    const params = { name, arguments: args, _meta: { idempotencyKey: context.idempotencyKey } };
    // The signal ends it in time; the SDK's own time-out would be sixty seconds.
    const options = { signal: context.signal, timeout: LONGEST_SOURCED_MS };
    try {
      return await used.client.callTool(params, options);
    } catch (error) {
      if (context.signal.aborted) throw error;
      if (error instanceof ProtocolError) throw new ToolError(refusedWith(error.code));
      this.#lose(used);
      this.log.warn({ server: this.name, ...faultOf(error) }, "call of an MCP tool failed");
      // The server has forgotten our session, so that it did not look at the call.
      if (isStatus(error, 404, 404) && !isAgain) return this.#call(name, args, context, true);
      if (wasNeverTaken(error)) throw new ToolError(NOT_THERE);
      throw new UnknownOutcome(error);
    }
  };
}

const NOT_THERE =
  "The server of this tool cannot be reached now. Nothing was run. Tell the visitor so.";

function refusedWith(code: number): string {
  return `The server of this tool refused the call (code ${code}).`;
}

function isStatus(error: unknown, from: number, to: number): boolean {
  return error instanceof SdkHttpError && error.status >= from && error.status <= to;
}

/** Whether the call surely did not reach anything that could have run it. */
function wasNeverTaken(error: unknown): boolean {
  if (isStatus(error, 400, 499)) return true;
  const unsent = ["NOT_CONNECTED", "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"];
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.some((one) => {
    const code: unknown = one instanceof SdkError || isCoded(one) ? one.code : undefined;
    return typeof code === "string" && unsent.includes(code);
  });
}

function isCoded(error: unknown): error is { code: unknown } {
  return typeof error === "object" && error !== null && "code" in error;
}
