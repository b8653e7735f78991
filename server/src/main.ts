#!/usr/bin/env node
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import { pino, type Logger } from "pino";
import { loadConfigModule } from "./config/config-module.js";
import { readConfig, type Config } from "./config/config.js";
import { namedConfigModule, readEnvironment, type Environment } from "./config/environment.js";
import { ConfigurationError } from "./config/problems.js";
import type { AgentServer } from "./server.js";
import { createSmoothAgent } from "./smooth-agent.js";
import { StoreOpenError } from "./store/storage-error.js";

try {
  await main();
} catch (error) {
  const isExpected = error instanceof ConfigurationError || error instanceof StoreOpenError;
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { environment, config, file } = await settings();
  const log = pino({ level: environment.logLevel });
  const { databaseUrl, openai, secret } = environment;
  const sessionSecret = secret;
  const agent = createSmoothAgent({ ...config, databaseUrl, openai, sessionSecret, logger: log });
  const app = program(agent);
  const server = createServer(app);
  agent.attach(app, server);
  await agent.start();
  await listen(server, environment);
  endOnSignals(agent, server, log);
  const agents = Object.keys(config.agents ?? {});
  const { address, port } = server.address() as AddressInfo;
  log.info({ address, port, config: file, agents }, `listening on http://${address}:${port}`);
  if (agents.length === 0) log.warn("no agent is configured: write a smooth-agent.config.mjs");
  if (!openai.apiKey) log.warn("OPENAI_API_KEY is not set: messages are refused");
}

/** Environment and config module, every problem of both said at once. */
async function settings(): Promise<{ environment: Environment; config: Config; file?: string }> {
  const read = readEnvironment(process.env);
  const problems = read.ok ? [] : read.problems;
  try {
    const loaded = await loadConfigModule(namedConfigModule(process.env), process.cwd());
    const config = loaded ? readConfig(loaded.value) : {};
    if (read.ok) return { environment: read.environment, config, file: loaded?.file };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
  throw new ConfigurationError(problems);
}

function program(agent: AgentServer): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/health", (_request, response) => void response.json({ status: "ok" }));
  app.get("/ready", async (_request, response) => {
    const isReady = await agent.isReady();
    response.status(isReady ? 200 : 503).json({ status: isReady ? "ready" : "unavailable" });
  });
  return app;
}

function listen(server: Server, { host, port }: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(isTaken ? new ConfigurationError([`PORT ${port} on ${host} is in use`]) : error);
    });
    server.listen(port, host, resolve);
  });
}

function endOnSignals(agent: AgentServer, server: Server, log: Logger): void {
  const end = async (signal: string) => {
    log.info({ signal }, "draining");
    await agent.drain();
    server.close();
    server.closeAllConnections();
    log.info("ended");
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void end(signal));
}
