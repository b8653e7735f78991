import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { pino } from "pino";
import { layeredPersonas } from "../agent/persona.js";
import { agentDirectory, configuredBehaviours } from "../agent/agent.js";
import { sharedGateway } from "../gateway/gateways.js";
import { configuredPolicies } from "../auth/agent-policy.js";
import { sessionTokens } from "../auth/session-token.js";
import type { Backplane } from "../backplane/backplane.js";
import { memoryBackplane } from "../backplane/memory-backplane.js";
import type { Gateway } from "../gateway/gateway.js";
import { modelServer } from "../gateway/model-server.fixture.js";
import { openaiGateway } from "../gateway/openai-gateway.js";
import { SESSION_SECRET, SHOP, UNHURRIED } from "../running-server.fixture.js";
import { agentServer } from "../server.js";
import { SERVER_LIMITS } from "../server-limits.js";
import { sqliteStore } from "../store/sqlite-store.js";
import type { Store } from "../store/store.js";
import { toolbox } from "../tools/toolbox.js";
import { isTerminal, type Fields, type JournalLine } from "./history.fixture.js";
import { TOOLS, TRAITS } from "./proof-shop.fixture.js";
import { scriptedModel } from "./scripted-model.fixture.js";

/** A server in this process that can die between any two steps and be born again on the same file. */
export interface MortalServer {
  file: string;
  journal: readonly JournalLine[];
  /** The socket address of the life that is up, as soon as one is. */
  address(): Promise<string>;
  /** Ends a life without a farewell, and begins the next. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** A line of the journal without who wrote it and when. */
type Noted<Line = JournalLine> = Line extends unknown ? Omit<Line, "pid" | "at"> : never;

/** One life: what it is still waiting for when it dies never comes. */
class Life {
  readonly #death = new AbortController();

  constructor(
    readonly number: number,
    private readonly journal: JournalLine[],
  ) {}

  get signal(): AbortSignal {
    return this.#death.signal;
  }

  end(): void {
    this.#death.abort();
  }

  note(line: Noted): void {
    this.journal.push({ pid: this.number, at: Date.now(), ...line });
  }

  /** The result, unless this life ends before it is there. */
  async its<Result>(work: () => Promise<Result>): Promise<Result> {
    const never = new Promise<never>(() => undefined);
    if (this.signal.aborted) return never;
    try {
      const result = await work();
      return this.signal.aborted ? await never : result;
    } catch (error) {
      if (this.signal.aborted) return never;
      throw error;
    }
  }
}

export async function mortalServer(): Promise<MortalServer> {
  const folder = await mkdtemp(join(tmpdir(), "smooth-agent-mortal-"));
  const file = join(folder, "a.db");
  const journal: JournalLine[] = [];
  const model = await modelServer();
  model.script(scriptedModel);
  let births = 0;
  const born = () => birth(new Life((births += 1), journal), file, model.url);
  let living = born();
  await living;
  return {
    file,
    journal,
    address: async () => (await living).url,
    async kill() {
      const dying = await living;
      living = dying.die().then(born);
      await living;
    },
    async close() {
      await (await living).die();
      await model.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function birth(life: Life, file: string, modelUrl: string) {
  const real = sqliteStore({ file });
  life.note({ kind: "start" });
  const agent = agentServer({
    store: mortalStore(real, life),
    backplane: notingBackplane(life),
    gateways: sharedGateway(mortalGateway(openaiGateway({ apiKey: "k", baseURL: modelUrl }), life)),
    agents: agentDirectory([configuredBehaviours(new Map([["shop", {}]]))], "m"),
    principals: null,
    personas: layeredPersonas(async () => null, new Map(), undefined),
    toolSources: [],
    policies: configuredPolicies(new Map([["shop", { allowedOrigins: [SHOP], secrets: [] }]])),
    tools: toolsOf(life),
    tokens: sessionTokens(SESSION_SECRET),
    access: { strict: true, signatureUses: 5, defaultOrganizationId: "default" },
    limits: {
      ...{ ...SERVER_LIMITS, ...UNHURRIED, sweepMs: 5, watchMs: 50, attempts: 100, toolMs: 200 },
      ...{ clientToolOfferMs: 300, clientToolMs: 300 },
    },
    log: pino({ level: "silent" }),
  });
  const app = express();
  const http = createServer(app);
  const destroy = destroyer(http);
  agent.attach(app, http);
  await agent.start();
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/ws`;
  const die = async () => {
    life.end();
    await destroy();
    await real.close();
  };
  return { url, die };
}

/** @returns how to cut every connection and listen no more */
function destroyer(http: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return async () => {
    const closed = new Promise((resolve) => http.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
}

function mortalStore(store: Store, life: Life): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) =>
        life.its(() => Reflect.apply(method, target, args) as Promise<unknown>);
    },
  });
}

function mortalGateway(gateway: Gateway, life: Life): Gateway {
  return {
    async *stream(request, signal) {
      const asked = request.messages.findLast(({ role }) => role === "user");
      await life.its(async () => life.note({ kind: "model", message: asked?.content ?? "" }));
      const parts = gateway.stream(request, AbortSignal.any([signal, life.signal]));
      const iterator = parts[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await life.its(() => iterator.next());
        if (done) return;
        yield value;
      }
    },
  };
}

function notingBackplane(life: Life): Backplane {
  const backplane = memoryBackplane();
  return {
    ...backplane,
    publish(conversationId, envelope) {
      if (life.signal.aborted) return;
      const { event } = envelope;
      const frame = event as unknown as Fields;
      if (isTerminal(frame)) {
        life.note({ kind: "terminal", type: event.type, requestId: String(event.requestId) });
      }
      backplane.publish(conversationId, envelope);
    },
  };
}

function toolsOf(life: Life) {
  return toolbox(
    Object.entries(TOOLS).map(([name, { gated, idempotent }]) => ({
      name,
      description: "Has an effect.",
      idempotent,
      ...(gated && { confirm: true as const }),
      ...traitsOf(name),
      execute: (args: Record<string, unknown>, { idempotencyKey }: { idempotencyKey: string }) =>
        life.its(async () => {
          life.note({ kind: "effect", tool: name, args, idempotencyKey });
          // Long enough for a cancel or a death to come between the effect and its outcome.
          if (name.startsWith("slow_")) await new Promise((done) => setTimeout(done, 15));
          return `${String(args["mark"])}done`;
        }),
    })),
  );
}

function traitsOf(name: string) {
  return name === "amend" || name === "standing" ? TRAITS[name] : {};
}
