/** A server of the Model Context Protocol, and how to reach it. */
export type McpServer = (McpHttpServer | McpProcess) & {
  /**
   * Names or `*` patterns, as the server calls its tools, of those that only read and run unasked. The
   * server's own word for it does not count; its word that a tool is destructive does.
   */
  readOnly?: string[];
  /** How long one call may take, in milliseconds, at most ten minutes; the tools' own limit when absent. */
  timeoutMs?: number;
};

/** One that is reached over streamable HTTP. */
export interface McpHttpServer {
  url: string;
  /** Sent with every request; never logged. */
  headers?: Record<string, string>;
}

/** One that is started as a process and speaks on its standard input and output. */
export interface McpProcess {
  command: string;
  args?: string[];
  /** Added to the few variables that any process gets; never logged. */
  env?: Record<string, string>;
}
