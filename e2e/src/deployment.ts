import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import {
  freePort,
  startAgentServer,
  startScriptedModel,
  startShop,
  type AgentServer,
  type ScriptedModelOptions,
  type Shop,
} from "@smooth-agent/demo";
import Database from "better-sqlite3";
import { startCuttingProxy, type CuttingProxy } from "./cutting-proxy.js";

/** The demo as a visitor meets it: the shop, the built server as a process, a scripted model. */
export interface Deployment {
  shop: Shop;
  /** The agent's server; another one after a restart. */
  readonly agent: AgentServer;
  /** What the page reaches the agent's server through, where a test asked for it. */
  proxy: CuttingProxy | undefined;
  /** Ends the server with SIGKILL, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** Starts it again on the same port and database. */
  restart(): Promise<void>;
  /** The record of decisions, as the shop's people read it through the host API; the newest first. */
  decisions(): Promise<Record<string, unknown>[]>;
  /** What visitors think of answers, read in the same way. */
  feedback(): Promise<Record<string, unknown>[]>;
  /** The words of visitors that the model was asked to answer, in their order; twice when asked twice. */
  readonly heard: readonly string[];
  /** Rows of the agent's database, read from outside. */
  rows<Row>(sql: string): Row[];
}

type Pace = Omit<ScriptedModelOptions, "port">;

/** A test with a deployment of its own; `pace` says how fast the model speaks, `proxied` puts the proxy in. */
export const test = base.extend<{ pace: Pace; proxied: boolean; deployment: Deployment }>({
  pace: [{ ttftMs: 50, tokensPerSecond: 80 }, { option: true }],
  proxied: [false, { option: true }],
  deployment: async ({ pace, proxied }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "smooth-agent-e2e-"));
    const heard: string[] = [];
    const says = (text: string) => {
      heard.push(text);
      return pace.says?.(text);
    };
    const model = await startScriptedModel({ port: 0, ...pace, says });
    const port = await freePort(20_000 + Math.floor(Math.random() * 20_000));
    const [secret, apiKey] = ["e2e secret of shop and agent", "e2e key of the shop's own API"];
    const staffSecret = "e2e secret of the people who work at the shop";
    const proxy = proxied ? await startCuttingProxy(port) : undefined;
    const url = proxy?.url ?? `http://127.0.0.1:${port}`;
    const shop = await startShop({
      port: 0,
      otherPort: 0,
      databaseFile: ":memory:",
      secret,
      apiKey,
      agent: { url, agentId: "shop-assistant", scripted: true },
    });
    const file = join(folder, "agent.db");
    const start = () =>
      startAgentServer({
        port,
        databaseUrl: `file:${file}`,
        shop: { origin: shop.url, apiUrl: shop.apiUrl, apiKey, agentSecret: secret },
        staffSecret,
        model,
      });
    let agent = await start();
    const listed = async (name: string, query = "") => {
      const headers = { authorization: `Bearer ${staffToken(staffSecret)}` };
      const response = await fetch(`${agent.url}/api/${name}${query}`, { headers });
      const page = (await response.json()) as Record<string, Record<string, unknown>[]>;
      return page[name] ?? [];
    };
    await use({
      shop,
      proxy,
      heard,
      get agent() {
        return agent;
      },
      async kill() {
        agent.process.kill("SIGKILL");
        await agent.ended;
      },
      async restart() {
        agent = await start();
      },
      decisions: () => listed("approvals", "?state=decided"),
      feedback: () => listed("feedback"),
      rows<Row>(sql: string) {
        const database = new Database(file, { readonly: true });
        try {
          return database.prepare<[], Row>(sql).all();
        } finally {
          database.close();
        }
      },
    });
    await proxy?.close();
    await agent.stop();
    await shop.close();
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  },
});

/** A principal's token, good for a minute. */
function staffToken(secret: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 60;
  const claims = { sub: "staff", org: "default", role: "admin", exp };
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}
