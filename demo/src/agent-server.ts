import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface AgentServerOptions {
  port: number;
  /** As in `file:/path/to.db`. */
  databaseUrl: string;
  /** The shop that the agent works for. */
  shop: { origin: string; apiUrl: string; apiKey: string; agentSecret: string };
  /** Signs the tokens by which the shop's people use the host API; nobody can without it. */
  staffSecret?: string | undefined;
  /** Where the model is; without it the environment's OPENAI_* say. */
  model?: { url: string } | undefined;
  /** How long it may take to get ready, in milliseconds; 30,000 when absent. */
  readyWithinMs?: number;
}

/** The smooth-agent server as a process of its own. */
export interface AgentServer {
  url: string;
  process: ChildProcess;
  /** Resolves when the process has ended, with its exit code or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Ends it with SIGTERM, and with SIGKILL when it has not gone 15 s later. */
  stop(): Promise<void>;
}

/** Starts `server/dist/main.js` with the demo's configuration; rejects when it does not get ready. */
export async function startAgentServer(options: AgentServerOptions): Promise<AgentServer> {
  const { port, shop, model, readyWithinMs = 30_000 } = options;
  const child = spawn(process.execPath, [program], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      LOG_LEVEL: "warn",
      ...process.env,
      HOST: host,
      PORT: String(port),
      DATABASE_URL: options.databaseUrl,
      SMOOTH_AGENT_CONFIG: config,
      SHOP_ORIGIN: shop.origin,
      SHOP_API_URL: shop.apiUrl,
      SHOP_API_KEY: shop.apiKey,
      SHOP_AGENT_SECRET: shop.agentSecret,
      ...(options.staffSecret && { SHOP_STAFF_SECRET: options.staffSecret }),
      ...(model && { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "scripted" }),
    },
  });
  const ended = whenEnded(child);
  // Whatever ends this process must not leave the other behind.
  const takeAlong = (): void => void child.kill("SIGTERM");
  process.once("exit", takeAlong);
  void ended.finally(() => process.off("exit", takeAlong));
  const server: AgentServer = {
    url: `http://${host}:${port}`,
    process: child,
    ended,
    async stop() {
      const impatience = setTimeout(() => child.kill("SIGKILL"), 15_000);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(impatience);
    },
  };
  const outcome = await Promise.race([ready(server.url, readyWithinMs), ended]);
  if (outcome === "ready") return server;
  await server.stop();
  throw new Error(
    outcome === "late"
      ? `The smooth-agent server was not ready within ${readyWithinMs / 1000} s.`
      : `The smooth-agent server ended before it was ready (${outcome}).`,
  );
}

const host = "127.0.0.1";
const program = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));
const config = fileURLToPath(new URL("../dist/smooth-agent.config.js", import.meta.url));

async function whenEnded(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? 1;
}

async function ready(url: string, withinMs: number): Promise<"ready" | "late"> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    try {
      const response = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(1000) });
      await response.body?.cancel();
      if (response.ok) return "ready";
    } catch {
      // Nobody listens yet.
    }
    await delay(100);
  }
  return "late";
}
