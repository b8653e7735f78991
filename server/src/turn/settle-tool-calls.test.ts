import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layeredPersonas } from "../agent/persona.js";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { agentDirectory, configuredBehaviours } from "../agent/agent.js";
import { sharedGateway } from "../gateway/gateways.js";
import { notices } from "../notice/notices.js";
import { sqliteStore } from "../store/sqlite-store.js";
import { beginTurn, loadedTurn, newStep, onlyCall, OWNER } from "../store/store.fixture.js";
import type { Store } from "../store/store.js";
import { toolbox } from "../tools/toolbox.js";
import type { ToolContext } from "../tools/tool.js";
import { budgetGuard } from "./budget.js";
import { questionRates } from "./question-limits.js";
import { TURN_LIMITS, type TurnPorts } from "./ports.js";
import { sceneOf } from "./scene.js";
import { settleToolCalls } from "./settle-tool-calls.js";
import { HAND_OVER } from "./tool-execution.js";

let folder: string;
let store: Store;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "settle-"));
  store = sqliteStore({ file: join(folder, "a.db") });
  await store.open();
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

test("a cancel that comes while the start is stored is heard before the tool runs, and told as not run", async () => {
  const stopping = new AbortController();
  let runs = 0;
  const ports = portsWith({
    store: {
      ...store,
      async startToolCall(...args) {
        const isStarted = await store.startToolCall(...args);
        stopping.abort();
        return isStarted;
      },
    },
    execute: () => (runs += 1),
  });
  const turnId = await turnWithCall();
  expect(await settled(turnId, ports, stopping.signal)).toBe("stop");
  expect(runs).toBe(0);
  expect(onlyCall(await loadedTurn(store, turnId)).result).toContain("not run");
});

test.each([
  [true, "executing", null],
  [false, "unknown", /outcome is unknown/],
] as const)(
  "of a process that ends, an idempotent call (%s) is left as %s",
  async (idempotent, state, told) => {
    const stopping = new AbortController();
    const ports = portsWith({
      store,
      idempotent,
      execute: (_args, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new Error("stopped")));
          stopping.abort(HAND_OVER);
        }),
    });
    const turnId = await turnWithCall();
    expect(await settled(turnId, ports, stopping.signal)).toBe("stop");
    await expect
      .poll(async () => onlyCall(await loadedTurn(store, turnId)).state, { interval: 5 })
      .toBe(state);
    const { result } = onlyCall(await loadedTurn(store, turnId));
    if (told === null) expect(result).toBeNull();
    else expect(result).toMatch(told);
  },
);

async function turnWithCall(): Promise<string> {
  const { turn } = await beginTurn(store);
  await store.addStep(turn.id, OWNER, newStep(0, 1));
  return turn.id;
}

async function settled(turnId: string, ports: TurnPorts, signal: AbortSignal) {
  const turn = await loadedTurn(store, turnId);
  const scene = await sceneOf(turn, ports, signal);
  if (!scene) throw new Error("The turn has no session.");
  const events = settleToolCalls(turn, scene, ports, signal);
  let next = await events.next();
  while (!next.done) next = await events.next();
  return next.value;
}

function portsWith(given: {
  store: Store;
  idempotent?: boolean;
  execute: (args: Record<string, unknown>, context: ToolContext) => unknown;
}): TurnPorts {
  const { idempotent = false, execute } = given;
  const schema = { type: "object", properties: { n: { type: "number" } } };
  const tool = { name: "look", description: "d", parameters: schema, idempotent, execute };
  return {
    store: given.store,
    gateways: sharedGateway(null),
    agents: agentDirectory([configuredBehaviours(new Map([["shop", {}]]))], "m"),
    tools: toolbox([tool]),
    personas: layeredPersonas(async () => null, new Map(), undefined),
    toolSources: [],
    questionRates: questionRates(1e6),
    notices: notices({ log: pino({ level: "silent" }) }),
    confirmTools: [],
    budgets: budgetGuard({ store, now: Date.now }),
    limits: TURN_LIMITS,
    owner: OWNER,
    log: pino({ level: "silent" }),
    now: () => Date.now(),
  };
}
