import {
  confirmationResolved,
  messageAdded,
  turnStarted,
  type ServerEvent,
  type TerminalEvent,
} from "@smooth-agent/protocol";
import { layeredPersonas } from "../agent/persona.js";
import { pino } from "pino";
import { pastWireMessage } from "../actions/wire-message.js";
import { agentDirectory, configuredBehaviours } from "../agent/agent.js";
import { sharedGateway } from "../gateway/gateways.js";
import { notices } from "../notice/notices.js";
import { memoryBackplane } from "../backplane/memory-backplane.js";
import { GatewayError, type Gateway } from "../gateway/gateway.js";
import type { SessionRecord } from "../store/records.js";
import { NOWHERE } from "../store/store.fixture.js";
import type { Store } from "../store/store.js";
import { toolbox } from "../tools/toolbox.js";
import { budgetGuard } from "../turn/budget.js";
import { questionRates } from "../turn/question-limits.js";
import { TURN_LIMITS } from "../turn/ports.js";
import { turnRunner } from "../turn/turn-runner.js";

/** One model step: what it says, and whether it then calls a tool that runs, or one that asks. */
export interface ScriptedStep {
  tokens: number;
  calls: "none" | "runs" | "asks";
}

export interface ScriptedTurn {
  steps: readonly ScriptedStep[];
  /** What is answered to each question. */
  approves: boolean;
  /** The turn is cancelled once it has said that many events; null: never. */
  cancelAfter: number | null;
}

/** Takes a while: as long as the test wants things to take. */
export type Pause = () => Promise<void>;

/** The real runner on a real store that answers late, with a model that says what it is told to. */
export function scriptedTurns(realStore: Store, session: SessionRecord, pause: Pause) {
  const store = answeringLate(realStore, pause);
  const backplane = memoryBackplane();
  const { conversationId } = session;
  let script: ScriptedStep[] = [];
  let number = 0;
  const gateway: Gateway = {
    async *stream(_request, signal) {
      const { tokens = 0, calls = "none" } = script.shift() ?? {};
      for (let token = 0; token < tokens; token += 1) {
        await pause();
        if (signal.aborted) throw new GatewayError("aborted", "aborted");
        yield { type: "text", text: `<${(number += 1)}>` };
      }
      await pause();
      const toolCalls = [{ id: "p", name: calls, arguments: "{}" }];
      if (calls === "none") yield { type: "finish", reason: "stop", toolCalls: [] };
      else yield { type: "finish", reason: "tool_calls", toolCalls };
    },
  };
  const execute = async () => {
    await pause();
    return `result ${(number += 1)}`;
  };
  const definition = { description: "does it", execute };
  const turns = turnRunner(
    {
      store,
      gateways: sharedGateway(gateway),
      agents: agentDirectory([configuredBehaviours(new Map([[session.agentId, {}]]))], "m"),
      tools: toolbox([
        { ...definition, name: "runs" },
        { ...definition, name: "asks", confirm: true },
      ]),
      personas: layeredPersonas(async () => null, new Map(), undefined),
      toolSources: [],
      questionRates: questionRates(1e6),
      notices: notices({ log: pino({ level: "silent" }) }),
      confirmTools: [],
      budgets: budgetGuard({ store, now: Date.now }),
      limits: TURN_LIMITS,
      owner: "here",
      log: pino({ level: "silent" }),
      now: () => Date.now(),
    },
    backplane,
  );

  /** Runs one turn to its end, as the actions would. */
  async function play(requestId: string, { steps, approves, cancelAfter }: ScriptedTurn) {
    script = [...steps];
    const question = queue<string>();
    const ended = queue<TerminalEvent>();
    let events = 0;
    const ids = { conversationId, sessionId: session.id };
    const begun = await store.beginTurn({
      ...ids,
      requestId,
      text: "hi",
      model: "m",
      owner: "here",
    });
    if (begun.outcome !== "started") throw new Error(begun.outcome);
    const following = await backplane.follow(conversationId, ({ event }) => {
      if (event.type === "write_confirmation_required") question.add(event.data.data.toolCallId);
      if (isTerminal(event)) ended.add(event);
      if (events === cancelAfter) void turns.cancel(begun.turn, NOWHERE);
      events += 1;
    });
    const content = { items: [], text: "hi" };
    const message = { ...begun.message, content, createdAt: "" };
    backplane.publish(conversationId, { event: turnStarted(requestId, message, 1) });
    turns.start(begun.turn);
    for (;;) {
      const next = await Promise.race([question.next(), ended.next()]);
      if (typeof next !== "string") break;
      question.take();
      await decide(next, approves);
    }
    following.stop();
  }

  async function decide(toolCallId: string, approved: boolean): Promise<void> {
    await pause();
    const { active } = await store.currentTurns(conversationId);
    const call = active?.steps.at(-1)?.toolCalls[0];
    const verdict = { conversationId, toolCallId, digest: call?.digest ?? "", approved };
    const by = {
      by: "visitor",
      source: NOWHERE,
      reason: undefined,
      now: new Date(),
      owner: "here",
    };
    const decided = await store.decide({ ...verdict, ...by });
    if (!decided) return;
    const resolution = { requestId: decided.requestId, toolCallId, approved, by: "visitor" };
    backplane.publish(conversationId, { event: confirmationResolved(resolution, 1) });
    turns.start({ id: decided.turnId });
  }

  /** Ids of people's messages, in the order they were told. */
  const told: string[] = [];

  /** A person says something beside whatever goes on, as the host API would have it. */
  async function speak(text: string): Promise<void> {
    const from = { id: null, name: "Ana" };
    const { organizationId } = session;
    const added = await store.addMessage({
      ...{ conversationId, organizationId, from, text, key: undefined },
    });
    if (added?.outcome !== "added") throw new Error("not added");
    told.push(added.message.id);
    const event = messageAdded(pastWireMessage(added.message), 1);
    backplane.publish(conversationId, { event });
  }

  return { store, backplane, play, speak, told, idle: () => turns.drain(5_000) };
}

export function isTerminal(event: ServerEvent): event is TerminalEvent {
  return ["eventual_response", "cancelled", "error"].includes(event.type);
}

/** The same store; each call waits before it reaches the database, and its answer after. */
function answeringLate(store: Store, pause: Pause): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]): Promise<unknown> => {
        await pause();
        const answer: unknown = await Reflect.apply(method, target, args);
        await pause();
        return answer;
      };
    },
  });
}

/** What came in and was not taken yet. */
function queue<Item>() {
  const items: Item[] = [];
  let arrived = () => {};
  return {
    add(item: Item) {
      items.push(item);
      arrived();
    },
    take: () => items.shift(),
    async next(): Promise<Item> {
      for (;;) {
        const [first] = items;
        if (first !== undefined) return first;
        await new Promise<void>((resolve) => (arrived = resolve));
      }
    },
  };
}
