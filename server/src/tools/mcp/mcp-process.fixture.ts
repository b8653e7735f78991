import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

// A real MCP server on standard input and output; tests start what this compiles to.
process.stderr.write("hunter2 on the error output\n");

serveStdio(() => {
  const server = new McpServer({ name: "process", version: "1" });
  server.registerTool("whoami", { description: "Says who it is." }, () => {
    const said = { pid: process.pid, given: process.argv[2], variables: Object.keys(process.env) };
    return { content: [{ type: "text", text: JSON.stringify(said) }] };
  });
  server.registerTool("die", { description: "Ends in the middle." }, () => process.exit(1));
  return server;
});
