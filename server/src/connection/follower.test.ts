import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cancelled,
  errorFrame,
  otpSent,
  streamToken,
  type ServerEvent,
} from "@smooth-agent/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memoryBackplane } from "../backplane/memory-backplane.js";
import { sqliteStore } from "../store/sqlite-store.js";
import { beginTurn, callIn, turnEnd } from "../store/store.fixture.js";
import type { Store } from "../store/store.js";
import { Follower } from "./follower.js";

let folder: string;
let store: Store;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smooth-agent-follower-"));
  store = sqliteStore({ file: join(folder, "a.db") });
  await store.open();
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const END = cancelled("r", 1);

/** A running turn that is followed, and whose end is stored and told only when a test says so. */
async function followed() {
  const { session, turn } = await beginTurn(store, undefined, { requestId: "r" });
  const backplane = memoryBackplane();
  const { conversationId } = session;
  const told: ServerEvent[] = [];
  const deliver = ({ event }: { event: ServerEvent }) => void told.push(event);
  const follower = new Follower(conversationId, { store, backplane }, deliver);
  (await follower.follow()).release();
  const publish = (event: ServerEvent, sessionId?: string) =>
    backplane.publish(conversationId, { event, ...(sessionId !== undefined && { sessionId }) });
  const terminal = JSON.stringify(END);
  const end = () => store.endTurn(turnEnd(turn.id, { state: "cancelled", terminal }));
  return { follower, told, publish, end };
}

describe("an end that was not heard", () => {
  test("is found in the store and told once, after the turn was silent for two looks", async () => {
    const { follower, told, end } = await followed();
    for (let look = 0; look < 3; look += 1) await follower.lookForEnd();
    await end();
    await follower.lookForEnd();
    expect(told).toEqual([]);
    for (let look = 0; look < 3; look += 1) await follower.lookForEnd();
    expect(told).toEqual([END]);
    expect(follower.activeRequestId).toBeUndefined();
  });

  test("is not told again when it was only late", async () => {
    const { follower, told, publish, end } = await followed();
    await end();
    for (let look = 0; look < 2; look += 1) await follower.lookForEnd();
    publish(END);
    for (let look = 0; look < 3; look += 1) await follower.lookForEnd();
    expect(told).toEqual([END]);
  });

  test("is not looked for while the turn speaks", async () => {
    const { follower, told, publish, end } = await followed();
    await end();
    const token = streamToken("r", "x", 1);
    for (let look = 0; look < 4; look += 1) {
      publish(token);
      await follower.lookForEnd();
    }
    expect(told).toEqual([token, token, token, token]);
  });

  test("is looked for more rarely while the turn waits for the visitor", async () => {
    const { session, turn } = await callIn(store, "awaiting");
    const told: ServerEvent[] = [];
    const ports = { store, backplane: memoryBackplane() };
    const { conversationId } = session;
    const follower = new Follower(conversationId, ports, ({ event }) => void told.push(event));
    (await follower.follow()).release();
    const terminal = JSON.stringify(cancelled(turn.requestId, 1));
    await store.endTurn(turnEnd(turn.id, { owner: null, state: "cancelled", terminal }));
    for (let look = 0; look < 11; look += 1) await follower.lookForEnd();
    expect(told).toEqual([]);
    for (let look = 0; look < 12; look += 1) await follower.lookForEnd();
    expect(told).toEqual([JSON.parse(terminal)]);
  });
});

describe("what is said of a code while a turn runs", () => {
  const failure = errorFrame("r", { code: "OTP_SEND_FAILED", message: "no" }, 1);
  const sent = otpSent("r", { channel: "email", maskedDestination: "j***@example.com" }, 1);

  test("ends nothing, whatever became of it", async () => {
    const { follower, told, publish, end } = await followed();
    for (const event of [failure, sent]) publish(event, "s");
    expect(follower.activeRequestId).toBe("r");
    await end();
    for (let look = 0; look < 4; look += 1) await follower.lookForEnd();
    expect(told).toEqual([failure, sent, END]);
  });

  test("is told after a lag, before the turn's end: no snapshot has it", async () => {
    const { follower, publish, end } = await followed();
    follower.lag();
    publish(streamToken("r", "x", 1));
    publish(sent, "s");
    await end();
    publish(END);
    const { missed, stop } = await follower.rejoin(1);
    expect(missed?.map(({ event }) => event)).toEqual([sent, END]);
    expect(missed?.[0]).toEqual({ event: sent, sessionId: "s" });
    stop();
  });
});
