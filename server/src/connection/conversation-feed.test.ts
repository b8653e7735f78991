import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otpSent, streamToken, type ActiveTurn, type ServerEvent } from "@smooth-agent/protocol";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { sqliteStore } from "../store/sqlite-store.js";
import type { PastMessage } from "../store/records.js";
import type { Store } from "../store/store.js";
import { afterEvent } from "../turn/snapshot.js";
import type { TurnEvent } from "../turn/turn-event.js";
import { openFeed, type ConversationFeed } from "./conversation-feed.js";
import { isTerminal, scriptedTurns, type ScriptedTurn } from "./scripted-turns.fixture.js";

// Cut off late: on a busy machine the disk is slow, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smooth-agent-feed-"));
  store = sqliteStore({ file: join(folder, "a.db") });
  await store.open();
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const step = (calls: "none" | "runs" | "asks") =>
  fc.record({ tokens: fc.nat(3), calls: fc.constant(calls) });
const turn: fc.Arbitrary<ScriptedTurn> = fc.record({
  steps: fc
    .tuple(fc.array(fc.oneof(step("runs"), step("asks")), { maxLength: 2 }), step("none"))
    .map(([calling, last]) => [...calling, last]),
  approves: fc.boolean(),
  cancelAfter: fc.option(fc.nat(6)),
});
/** After how many pauses of the whole each follower joins. */
const joins = fc.array(fc.nat(60), { minLength: 8, maxLength: 8 });
/** How long each pause is, in turns of the event loop; nought is none at all. */
const pauses = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3), { minLength: 40, maxLength: 40 });

describe("a conversation's feed", () => {
  test("is snapshot and tail: everything once, in order, wherever one joins", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 2 }), joins, pauses, follow),
      { numRuns: 20, endOnFailure: true },
    );
  });

  test("brings what people write beside the turns once and in order, from where one joins on", async () => {
    const turns = fc.array(turn, { minLength: 1, maxLength: 2 });
    const speaks = fc.array(fc.nat(60), { minLength: 6, maxLength: 6 });
    await fc.assert(fc.asyncProperty(turns, joins, speaks, pauses, hear), {
      numRuns: 20,
      endOnFailure: true,
    });
  });

  test("of a conversation in which nothing happened is empty", async () => {
    const { feed } = await joined((await newTurns([])).ports);
    expect(feed).toMatchObject({ activeTurn: null, lastTurn: null });
  });

  test("that could not be opened is followed by nobody", async () => {
    const { ports, conversationId } = await newTurns([]);
    const broken = new Proxy(ports.store, {
      get: (target, name) =>
        name === "currentTurns"
          ? () => Promise.reject(new Error("away"))
          : (Reflect.get(target, name) as unknown),
    });
    const opening = openFeed(conversationId, { ...ports, store: broken }, () => undefined);
    await expect(opening).rejects.toThrow("away");
    expect(await ports.backplane.isFollowed(conversationId)).toBe(false);
  });

  test("keeps what is for one session alone, of which no snapshot tells", async () => {
    const { ports, conversationId, play } = await newTurns([]);
    await play("r1", { steps: [{ tokens: 1, calls: "none" }], approves: true, cancelAfter: null });
    const sent = otpSent("r1", { channel: "email", maskedDestination: "j***@example.com" }, 1);
    let isFirst = true;
    const late = new Proxy(ports.store, {
      get(target, name) {
        if (name !== "currentTurns" || !isFirst) return Reflect.get(target, name) as unknown;
        isFirst = false;
        ports.backplane.publish(conversationId, { event: sent, sessionId: "s" });
        ports.backplane.publish(conversationId, { event: streamToken("r1", "told", 1) });
        return Reflect.get(target, name) as unknown;
      },
    });
    const events: ServerEvent[] = [];
    const given = { ...ports, store: late };
    const feed = await openFeed(conversationId, given, ({ event }) => events.push(event));
    feed.release();
    expect(feed.lastTurn?.requestId).toBe("r1");
    expect(events).toEqual([sent]);
  });

  test("that was stopped is silent", async () => {
    const { ports, conversationId, play } = await newTurns([0]);
    const events: ServerEvent[] = [];
    const feed = await openFeed(conversationId, ports, ({ event }) => events.push(event));
    feed.release();
    feed.stop();
    await play("r1", { steps: [{ tokens: 2, calls: "none" }], approves: true, cancelAfter: null });
    expect(events).toEqual([]);
  });

  test("holds everything back until it is released, and then keeps the order", async () => {
    const { ports, conversationId, play } = await newTurns([1]);
    const events: ServerEvent[] = [];
    const feed = await openFeed(conversationId, ports, ({ event }) => events.push(event));
    const straight = await joined({ ...ports, conversationId });
    await play("r1", { steps: [{ tokens: 3, calls: "none" }], approves: true, cancelAfter: null });
    expect(events).toEqual([]);
    feed.release();
    await play("r2", { steps: [{ tokens: 1, calls: "none" }], approves: true, cancelAfter: null });
    expect(events).toEqual(straight.events);
    expect(events.filter(isTerminal)).toHaveLength(2);
  });
});

/** Plays the turns with followers that join on their way, and compares what each has seen at the end. */
async function follow(
  turns: readonly ScriptedTurn[],
  joinAt: readonly number[],
  lengths: readonly number[],
): Promise<void> {
  const joining: Promise<Joined>[] = [];
  const rig = await newTurns(lengths, (count) => {
    for (const at of joinAt) {
      if (at === count) joining.push(joined(rig.ports));
    }
  });
  const witness = await joined(rig.ports);
  // The instant after an event that changes who tells what is the likeliest to go wrong.
  const { conversationId } = rig;
  await rig.backplane.follow(conversationId, ({ event }) => {
    if (event.type === "stream_token") return;
    queueMicrotask(() => joining.push(joined(rig.ports)));
  });
  for (const [index, script] of turns.entries()) await rig.play(`r${index}`, script);
  await rig.idle();
  for (const follower of await Promise.all(joining)) {
    for (const index of turns.keys()) {
      const requestId = `r${index}`;
      const whole = seenOf(witness, requestId);
      expect(whole.terminals, "a turn ends once").toHaveLength(1);
      const seen = seenOf(follower, requestId);
      if (seen.isBefore) expect(seen.events, "nothing of a turn that is over").toEqual([]);
      else expect(seen.shown).toEqual(whole.shown);
      if (!seen.isBefore || follower.feed.lastTurn?.requestId === requestId) {
        expect(seen.terminals).toEqual(whole.terminals);
      }
    }
    follower.feed.stop();
  }
}

/** Plays the turns while somebody writes beside them, and others join and read the newest page. */
async function hear(
  turns: readonly ScriptedTurn[],
  joinAt: readonly number[],
  speakAt: readonly number[],
  lengths: readonly number[],
): Promise<void> {
  const hearing: ReturnType<typeof heard>[] = [];
  let speaking = Promise.resolve();
  let isOver = false;
  const rig = await newTurns(lengths, (count) => {
    // Reading makes pauses too: what is compared at the end must not grow by it.
    if (isOver) return;
    if (joinAt.includes(count)) hearing.push(heard(rig.ports, rig.told.length));
    if (speakAt.includes(count)) speaking = speaking.then(() => rig.speak(`said at ${count}`));
  });
  const { conversationId } = rig;
  // The instants at which a feed that opens has to begin anew.
  await rig.backplane.follow(conversationId, ({ event }) => {
    if (event.type === "stream_token") return;
    const before = rig.told.length;
    queueMicrotask(() => hearing.push(heard(rig.ports, before)));
  });
  for (const [index, script] of turns.entries()) await rig.play(`r${index}`, script);
  isOver = true;
  await speaking;
  await rig.idle();
  const stored = peopleOf(await pageOf(rig.ports));
  expect(stored, "told in the order in which it is stored").toEqual(rig.told);
  for (const { events, page, before } of await Promise.all(hearing)) {
    const tail = events.flatMap((event) =>
      event.type === "message_added" ? [event.data.message.id] : [],
    );
    expect(tail, "the tail is whole from the first instant").toEqual(rig.told.slice(before));
    const shown = peopleOf(page);
    expect([...shown, ...tail.filter((id) => !shown.includes(id))]).toEqual(rig.told);
  }
}

/** @param before how many messages were told when this was called */
async function heard(ports: Ports, before: number) {
  const { events } = await joined(ports);
  return { events, page: await pageOf(ports), before };
}

async function pageOf({ store, conversationId }: Ports): Promise<PastMessage[]> {
  const page = await store.messages({ conversationId, limit: 100, all: true });
  return page?.messages.toReversed() ?? [];
}

function peopleOf(messages: readonly PastMessage[]): string[] {
  return messages.filter(({ from }) => from.type === "human-agent").map(({ id }) => id);
}

interface Joined {
  feed: ConversationFeed;
  events: ServerEvent[];
}

type Ports = Parameters<typeof openFeed>[1] & { conversationId: string };

async function joined(ports: Ports): Promise<Joined> {
  const events: ServerEvent[] = [];
  const feed = await openFeed(ports.conversationId, ports, ({ event }) => events.push(event));
  feed.release();
  return { feed, events };
}

async function newTurns(lengths: readonly number[], onPause: (count: number) => void = () => {}) {
  const session = await store.createSession({
    organizationId: "o",
    agentId: "a",
    agentName: "A",
    userId: null,
    userName: "V",
    userEmail: null,
    role: null,
    supports: undefined,
    metadata: undefined,
    conversationId: undefined,
  });
  let count = 0;
  const pause = async () => {
    const length = lengths[count % lengths.length] ?? 0;
    onPause(count);
    count += 1;
    for (let turn = 0; turn < length; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const rig = scriptedTurns(store, session, pause);
  const { conversationId } = session;
  const ports: Ports = { store: rig.store, backplane: rig.backplane, conversationId };
  return { ...rig, ports, conversationId };
}

/** What one who joined has been shown of a turn, by its snapshot and by the events after it. */
function seenOf({ feed, events }: Joined, requestId: string) {
  const own = events.filter((event) => "requestId" in event && event.requestId === requestId);
  const { activeTurn, lastTurn } = feed;
  const isActive = activeTurn?.requestId === requestId;
  const terminals = own.filter(isTerminal);
  if (lastTurn?.requestId === requestId) terminals.push(lastTurn.terminal);
  const empty: ActiveTurn = { requestId, status: "running", items: [] };
  const shown = own
    .filter((event): event is TurnEvent => event.type !== "turn_started")
    .reduce(afterEvent, isActive ? activeTurn : empty);
  const isAhead = !isActive && own.some(({ type }) => type === "turn_started");
  const starts = own.filter(({ type }) => type === "turn_started").length;
  expect(starts, "the message is told once").toBe(isAhead ? 1 : 0);
  return {
    events: own,
    terminals,
    /** The turn had ended when this one joined. */
    isBefore: !isActive && !isAhead,
    shown: { text: textOf(shown), tools: toolsOf(shown) },
  };
}

function textOf({ items }: ActiveTurn): string {
  return items.map((item) => (item.type === "text" ? item.text : "")).join("");
}

function toolsOf({ items }: ActiveTurn): unknown {
  return items.flatMap((item) =>
    item.type === "tool" ? [[item.toolCallId, item.name, item.result]] : [],
  );
}
