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
import type { SessionRecord } from "../store/records.js";
import {
  beginTurn,
  callIn,
  loadedTurn,
  newStep,
  NOWHERE,
  onlyCall,
  OWNER,
  turnEnd,
  verdict,
} from "../store/store.fixture.js";
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

test("a grant that is revoked while its call is started lets nothing run: it is asked after all", async () => {
  const given = await callIn(store, "awaiting");
  const { session, turn, call } = given;
  const source = { ...NOWHERE, sessionId: session.id };
  const grant = { title: "t", summary: "s", arguments: "{}" };
  const verdictOnce = verdict(session.conversationId, call, { source, grant });
  const granted = (await store.decide(verdictOnce))?.grants?.[0];
  await store.endTurn(turnEnd(turn.id));
  let runs = 0;
  const ports = portsWith({
    store: {
      ...store,
      async startToolCall(...args) {
        expect(args[3]).toBe(granted?.id);
        await store.revokeGrant(session.conversationId, granted?.id ?? "");
        return store.startToolCall(...args);
      },
    },
    asks: true,
    execute: () => (runs += 1),
  });
  const turnId = await turnWithCall(session);
  const told: string[] = [];
  expect(await settled(turnId, ports, new AbortController().signal, told)).toBe("stop");
  expect(told).toEqual(["write_confirmation_required", "stream_chunk"]);
  expect(runs).toBe(0);
  const after = await loadedTurn(store, turnId);
  expect(after.state).toBe("parked");
  expect(onlyCall(after)).toMatchObject({ state: "awaiting", grantId: null, approved: null });
});

async function turnWithCall(session?: SessionRecord): Promise<string> {
  const { turn } = await beginTurn(store, session);
  await store.addStep(turn.id, OWNER, newStep(0, 1));
  return turn.id;
}

async function settled(turnId: string, ports: TurnPorts, signal: AbortSignal, told: string[] = []) {
  const turn = await loadedTurn(store, turnId);
  const scene = await sceneOf(turn, ports, signal);
  if (!scene) throw new Error("The turn has no session.");
  const events = settleToolCalls(turn, scene, ports, signal);
  let next = await events.next();
  while (!next.done) {
    told.push(next.value.type);
    next = await events.next();
  }
  return next.value;
}

function portsWith(given: {
  store: Store;
  idempotent?: boolean;
  /** Whether the visitor is asked, unless they said not to be. */
  asks?: boolean;
  execute: (args: Record<string, unknown>, context: ToolContext) => unknown;
}): TurnPorts {
  const { idempotent = false, asks = false, execute } = given;
  const schema = { type: "object", properties: { n: { type: "number" } } };
  const asking = asks ? ({ confirm: true, remember: "conversation" } as const) : {};
  const tool = {
    name: "look",
    description: "d",
    parameters: schema,
    idempotent,
    ...asking,
    execute,
  };
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
