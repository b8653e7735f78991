#!/usr/bin/env node
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler, type Express } from "express";
import { pino, type Logger } from "pino";
import { loadConfigModule } from "./config/config-module.js";
import { readConfig, type Config } from "./config/config.js";
import { namedConfigModule, readEnvironment, type Environment } from "./config/environment.js";
import { ConfigurationError } from "./config/problems.js";
import type { AgentServer } from "./server.js";
import { faultOf } from "./log/fault.js";
import { createSmoothAgent } from "./smooth-agent.js";
import { StoreOpenError } from "./store/storage-error.js";

try {
  await main();
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
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
  app.use(plainError(log));
  // The port first: a server that cannot have it must not take turns up. Visitors wait for the start.
  await listen(server, environment);
  await agent.start();
  endOnSignals(agent, log);
  const agents = Object.keys(config.agents ?? {});
  const { address, port } = server.address() as AddressInfo;
  log.info({ address, port, config: file, agents }, `listening on http://${address}:${port}`);
  const { policies = "config" } = config;
  if (agents.length === 0 && policies === "config") {
    log.warn("no agent is configured: write a smooth-agent.config.mjs");
  }
  if (!openai.apiKey) log.warn("OPENAI_API_KEY is not set: messages are refused");
}

/** One line for whoever starts the server; the stack is there for whoever asks for it. */
function messageOf(error: unknown): unknown {
  const isDebugging = ["debug", "trace"].includes(process.env["LOG_LEVEL"] ?? "");
  if (error instanceof ConfigurationError || error instanceof StoreOpenError) return error.message;
  if (isDebugging || !(error instanceof Error)) return error;
  return `smooth-agent cannot start:\n  - ${error.message} (LOG_LEVEL=debug shows where)`;
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

/** Express would answer with the stack. */
function plainError(log: Logger): ErrorRequestHandler {
  return (error, _request, response, next) => {
    log.error(faultOf(error), "request failed");
    if (response.headersSent) next(error);
    else response.sendStatus(500);
  };
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

function endOnSignals(agent: AgentServer, log: Logger): void {
  const end = async (signal: string) => {
    log.info({ signal }, "draining");
    try {
      await agent.drain();
      log.info("ended");
    } catch (error) {
      log.error(faultOf(error), "drain failed");
      process.exitCode = 1;
    }
    // A tool that ignores its signal may hold timers or sockets; what it did is told as unknown.
    process.exit();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void end(signal));
}
