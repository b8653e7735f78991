import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layeredPersonas } from "../agent/persona.js";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { agentDirectory } from "../agent/agent.js";
import { sharedGateway } from "../gateway/gateways.js";
import { notices } from "../notice/notices.js";
import { memoryBackplane } from "../backplane/memory-backplane.js";
import type { Gateway } from "../gateway/gateway.js";
import { sqliteStore } from "../store/sqlite-store.js";
import { beginTurn, loadedTurn, NOWHERE, OWNER, turnEnd } from "../store/store.fixture.js";
import type { Store } from "../store/store.js";
import { toolbox } from "../tools/toolbox.js";
import { budgetGuard } from "./budget.js";
import { questionRates } from "./question-limits.js";
import { TURN_LIMITS } from "./ports.js";
import { turnRunner } from "./turn-runner.js";

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smooth-agent-runner-"));
  store = sqliteStore({ file: join(folder, "a.db") });
  await store.open();
  await store.enterProcess(OWNER, 60_000);
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** A runner whose model says "hi" as soon as it is let. */
function runner() {
  let asked = 0;
  let laterMs = 0;
  let speak = () => {};
  let heard: AbortSignal | undefined;
  const may = new Promise<void>((resolve) => (speak = resolve));
  const gateway: Gateway = {
    async *stream(_request, signal) {
      asked += 1;
      heard = signal;
      await may;
      yield { type: "text", text: "hi" };
      yield { type: "finish", reason: "stop", toolCalls: [] };
    },
  };
  const ports = {
    store,
    gateways: sharedGateway(gateway),
    agents: agentDirectory([], "m"),
    tools: toolbox([]),
    personas: layeredPersonas(async () => null, new Map(), undefined),
    toolSources: [],
    questionRates: questionRates(1e6),
    notices: notices({ log: pino({ level: "silent" }) }),
    confirmTools: [],
    budgets: budgetGuard({ store, now: Date.now }),
    limits: TURN_LIMITS,
    owner: OWNER,
    log: pino({ level: "silent" }),
    now: () => Date.now() + laterMs,
  };
  const backplane = memoryBackplane();
  const turns = turnRunner(ports, backplane);
  const wait = (ms: number) => void (laterMs += ms);
  return { turns, backplane, wait, asked: () => asked, isStopped: () => heard?.aborted, speak };
}

describe("a sweep", () => {
  test("runs a turn of its own that nobody started, once it is sure of that", async () => {
    const { turns, asked, speak, wait } = runner();
    speak();
    // As after a database that broke off when it had stored the turn and not said so yet.
    const { turn } = await beginTurn(store);
    for (let sweep = 0; sweep < 3; sweep += 1) await turns.sweep();
    expect(asked()).toBe(0);
    wait(15_000);
    await turns.sweep();
    await turns.drain(5_000);
    expect(asked()).toBe(1);
    expect((await loadedTurn(store, turn.id)).state).toBe("completed");
  });

  test("leaves a turn alone that runs", async () => {
    const { turns, asked, speak } = runner();
    const { turn } = await beginTurn(store);
    turns.start(turn);
    for (let sweep = 0; sweep < 3; sweep += 1) await turns.sweep();
    speak();
    await turns.drain(5_000);
    expect(asked()).toBe(1);
  });

  test("stops a run whose turn another process took over", async () => {
    const { turns, isStopped, speak } = runner();
    const { turn } = await beginTurn(store, undefined, { owner: OWNER });
    turns.start(turn);
    await vi.waitFor(() => expect(isStopped()).toBe(false));
    await store.enterProcess("another", 60_000);
    await store.leaveProcess(OWNER);
    expect(await store.claimTurn(turn.id, "another")).toBe(true);
    await store.enterProcess(OWNER, 60_000);
    await turns.sweep();
    expect(isStopped()).toBe(true);
    speak();
    await turns.drain(5_000);
    const taken = await loadedTurn(store, turn.id);
    expect([taken.state, taken.owner, taken.steps]).toEqual(["running", "another", []]);
    await store.endTurn(turnEnd(turn.id, { owner: "another" }));
  });

  test("stops a run whose turn was cancelled elsewhere, and tells of it", async () => {
    const { turns, speak } = runner();
    const { session, turn } = await beginTurn(store);
    turns.start(turn);
    // Another instance, whose events do not come here.
    const elsewhere = runner().turns;
    await elsewhere.cancel(turn, NOWHERE);
    await turns.sweep();
    speak();
    await turns.drain(5_000);
    const ended = await loadedTurn(store, turn.id);
    expect([ended.state, ended.steps]).toEqual(["cancelled", []]);
    expect((await store.currentTurns(session.conversationId)).active).toBeNull();
  });

  test("does not tell of a cancel again, however slowly the run of its turn unwinds", async () => {
    const { turns, backplane, isStopped, speak } = runner();
    const { session, turn } = await beginTurn(store);
    const told: string[] = [];
    await backplane.follow(session.conversationId, ({ event }) => told.push(event.type));
    turns.start(turn);
    await vi.waitFor(() => expect(isStopped()).toBe(false));
    // The sweep looks while the cancel is being stored, and while a gateway does not heed its signal.
    await Promise.all([turns.cancel(turn, NOWHERE), turns.sweep()]);
    await turns.sweep();
    speak();
    await turns.drain(5_000);
    expect(told).toEqual(["cancelled"]);
  });
});
