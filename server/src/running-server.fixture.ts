import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express, { type Express } from "express";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import type { ClientOptions } from "ws";
import { CoreClient, textAt, type Frame } from "./core-client.fixture.js";
import { modelServer, type ModelServer } from "./gateway/model-server.fixture.js";
import type { AgentServer } from "./server.js";
import { createSmoothAgent } from "./smooth-agent.js";
import type { SmoothAgentOptions } from "./config/options.js";
import { sqliteStore } from "./store/sqlite-store.js";

export const SHOP = "https://shop.example";
export const SECRET = "a secret of the shop's agent";
export const SESSION_SECRET = "a secret of the server, 32 characters and more";

/** Rates that no test reaches which makes a hundred visitors of one address. */
export const UNHURRIED = {
  messagesPerMinute: 1e6,
  messagesPerMinutePerAddress: 1e6,
  sessionsPerMinutePerAddress: 1e6,
};

/** The real server on a real port and a database file of its own, with a model that a test scripts. */
export interface RunningServer {
  agent: AgentServer;
  app: Express;
  http: Server;
  model: ModelServer;
  /** `http://127.0.0.1:<port>` */
  url: string;
  file: string;
  /** What was logged, everything down to trace. */
  log: string[];
  /** The server's ends of the open TCP connections, in the order they came. */
  sockets: Socket[];
  /** A socket from the shop's page, unless told otherwise. */
  connect(options?: ClientOptions): Promise<CoreClient>;
  stop(): Promise<void>;
}

export interface RunningServerOptions extends SmoothAgentOptions {
  /** A database that an earlier server left. */
  file?: string;
  /** Adds to the host's app and server before ours is attached. */
  host?: (app: Express, http: Server) => void;
  /** Scripts the model before the server takes up what an earlier one left. */
  model?: (model: ModelServer) => void;
}

/** Starts a server that ends with the running test. */
export async function runningServer(options: RunningServerOptions = {}): Promise<RunningServer> {
  const { host, model: prepare, file = await databaseFile(), ...settings } = options;
  const model = await modelServer();
  prepare?.(model);
  const log: string[] = [];
  const agent = createSmoothAgent({
    agents: { shop: { name: "Mira", allowedOrigins: [SHOP], secret: SECRET } },
    databaseUrl: `file:${file}`,
    sessionSecret: SESSION_SECRET,
    openai: { apiKey: "sk-test", baseURL: model.url, model: "test-model" },
    logger: pino({ level: "trace" }, { write: (line) => void log.push(line) }),
    ...settings,
  });
  const app = express();
  const http = createServer(app);
  const sockets: Socket[] = [];
  http.on("connection", (socket) => sockets.push(socket));
  host?.(app, http);
  agent.attach(app, http);
  await agent.start();
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const stop = async () => {
    await agent.drain();
    http.closeAllConnections();
    await new Promise((closed) => http.close(closed));
    await model.close();
  };
  onTestFinished(stop);
  const connect: RunningServer["connect"] = (given = {}) =>
    CoreClient.open(`${url.replace("http", "ws")}/ws`, { origin: SHOP, ...given });
  return { agent, app, http, model, url, file, log, sockets, connect, stop };
}

export interface Opened {
  client: CoreClient;
  sessionId: string;
  sessionToken: string;
  conversationId: string;
  created: Frame;
}

/** Connects and creates a session. */
export async function openSession(
  server: Pick<RunningServer, "connect">,
  fields: Record<string, unknown> = {},
  options?: ClientOptions,
): Promise<Opened> {
  const client = await server.connect(options);
  return { client, ...(await createSession(client, fields)) };
}

export async function createSession(
  client: CoreClient,
  fields: Record<string, unknown> = {},
): Promise<Omit<Opened, "client">> {
  const action = "create_conversation_session";
  const created = await client.ask({ action, requestId: "create", agentId: "shop", ...fields });
  return sessionOf(created);
}

/** The ids that a create or a resume answered. */
export function sessionOf(created: Frame): Omit<Opened, "client"> {
  return {
    created,
    sessionId: textAt(created, "data.sessionId"),
    sessionToken: textAt(created, "data.sessionToken"),
    conversationId: textAt(created, "data.conversationId"),
  };
}

/** Takes a session up on a connection of its own. */
export async function resumed(
  server: Pick<RunningServer, "connect">,
  { sessionId, sessionToken }: Pick<Opened, "sessionId" | "sessionToken">,
  fields: Record<string, unknown> = {},
): Promise<{ client: CoreClient; answer: Frame }> {
  const client = await server.connect();
  const action = { action: "resume_session", requestId: "resume", sessionId, sessionToken };
  return { client, answer: await client.ask({ ...action, ...fields }) };
}

/** A folder that goes with the running test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "smooth-agent-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// Migrating loads the schema engine, for seconds on a busy machine: once, and in no test's time.
const migrated = await migratedDatabase();

async function databaseFile(): Promise<string> {
  const file = join(await temporaryFolder(), "smooth-agent.db");
  await writeFile(file, migrated);
  return file;
}

async function migratedDatabase(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "smooth-agent-"));
  const file = join(folder, "migrated.db");
  const store = sqliteStore({ file });
  await store.open();
  await store.close();
  const bytes = await readFile(file);
  await rm(folder, { recursive: true });
  return bytes;
}
