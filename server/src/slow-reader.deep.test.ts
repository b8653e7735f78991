import { describe, expect, it, vi } from "vitest";
import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { serverWithHost } from "./host-side.fixture.js";
import { heldAnswer } from "./model-answers.fixture.js";
import { openSession, resumed } from "./running-server.fixture.js";

// The kernel's buffers take megabytes before anything waits; nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const TOKEN = "€".repeat(20_000);
const FRAME_BYTES = 2 * Buffer.byteLength(TOKEN) + 1_000;

/** A turn that streams long tokens to one reader that reads and one that has stopped reading. */
async function slowReader(supports: string[], more: { slowReaderMs?: number } = {}) {
  const outboundBytes = 1024 * 1024;
  const limits = { outboundBytes, stepCharacters: 1e9, ...more };
  const { server, host } = await serverWithHost({ limits });
  const session = await openSession(server);
  const { client, sessionId } = session;
  const { client: slow } = await resumed(server, session, { supports });
  const socket = server.sockets.at(-1);
  const backlog = () => socket?.writableLength ?? 0;
  slow.socket.pause();
  const held = heldAnswer();
  server.model.script(held.answer);
  await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  let said = "";
  const say = async () => {
    await held.say(TOKEN);
    await client.next();
    said += TOKEN;
  };
  // The kernel takes the first megabytes; it is full when a whole frame waits and goes on waiting.
  for (let before = -1; before < 2 * TOKEN.length || backlog() !== before;) {
    before = backlog();
    await say();
  }
  const speak = async (text: string) => {
    const path = `/conversations/${session.conversationId}/messages`;
    return (await host(path, { text, from: { name: "Ana" } })).status;
  };
  return { server, client, slow, held, say, speak, backlog, said: () => said, outboundBytes };
}

describe("for a reader that does not read", () => {
  it("little is kept: its tokens are merged, then it gets a snapshot when it reads again", async () => {
    const { slow, held, say, backlog, said, server } = await slowReader(["live"]);
    for (let more = 0; more < 10; more += 1) await say();
    const kept = backlog();
    for (let more = 0; more < 20; more += 1) await say();
    expect(backlog()).toBe(kept);
    expect(kept).toBeLessThan(3 * FRAME_BYTES);
    slow.socket.resume();
    const before = await slow.until("turn_snapshot");
    const snapshot = textAt(before.at(-1) as Frame, "data.items.0.text");
    expect(snapshot).toBe(said());
    expect(snapshot.startsWith(tokensOf(before.slice(0, -1)))).toBe(true);
    await say();
    await held.finish();
    const tail = await slow.rest();
    expect(tail.map(({ type }) => type)).toEqual(["stream_token", "eventual_response"]);
    expect(snapshot + tokensOf(tail.slice(0, -1))).toBe(said());
    expect(at(tail.at(-1) as Frame, "data.data.response.responseParts")).toEqual([said()]);
    expect(server.log.join("")).not.toContain("could not be caught up");
  });

  it("what people write and what the host says meanwhile is there when it reads again, once", async () => {
    const { slow, held, say, said, speak } = await slowReader(["live"]);
    for (let more = 0; more < 10; more += 1) await say();
    for (const text of ["one", "two"]) expect(await speak(text)).toBe(201);
    for (let more = 0; more < 2; more += 1) await say();
    slow.socket.resume();
    const before = await slow.until("turn_snapshot");
    expect(textAt(before.at(-1) as Frame, "data.items.0.text")).toBe(said());
    expect(await speak("three")).toBe(201);
    await held.finish();
    const frames = [...before, ...(await slow.rest())];
    const spoken = frames.filter(({ type }) => type === "message_added");
    const texts = spoken.map((frame) => textAt(frame, "data.message.content.text"));
    expect(texts).toEqual(["one", "two", "three"]);
  });

  it("too much of that is not kept: it has to come back and take the session up anew", async () => {
    const { slow, say, speak } = await slowReader(["live"]);
    for (let more = 0; more < 10; more += 1) await say();
    for (let more = 0; more < 101; more += 1) await speak(`${more}`);
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
  });

  it("that turn may end meanwhile: its end takes the place of the snapshot", async () => {
    const { client, slow, held, say, said } = await slowReader(["live"]);
    for (let more = 0; more < 10; more += 1) await say();
    await held.finish();
    await client.rest();
    slow.socket.resume();
    const frames = await slow.rest();
    expect(said().startsWith(tokensOf(frames.slice(0, -1)))).toBe(true);
    expect(at(frames.at(-1) as Frame, "data.data.response.responseParts")).toEqual([said()]);
    await slow.quiet();
  });

  it("more turns than one may end meanwhile: it has to come back and take the session up anew", async () => {
    const { client, slow, held, say, server } = await slowReader(["live"]);
    for (let more = 0; more < 10; more += 1) await say();
    await held.finish();
    const sessionId = sessionOf(client);
    await client.rest();
    const second = heldAnswer();
    server.model.script(second.answer);
    await client.ask({ action: "send_message", requestId: "r2", sessionId, message: "again" });
    await second.finish();
    await client.rest();
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
  });

  it("and knows no snapshots its tokens are merged, each there once and in order", async () => {
    const { slow, held, say, said } = await slowReader([]);
    for (let more = 0; more < 5; more += 1) await say();
    await held.finish();
    slow.socket.resume();
    const frames = await slow.rest();
    expect(tokensOf(frames)).toBe(said());
    const isMerged = (frame: Frame) => String(at(frame, "token")).length > TOKEN.length;
    expect(frames.some(isMerged)).toBe(true);
  });

  it("and knows no snapshots it is ended where too much would be kept", async () => {
    const { slow, say, backlog, outboundBytes } = await slowReader([]);
    const kept = backlog();
    // One more than what may be kept finds it full.
    for (let bytes = 0; bytes <= outboundBytes + 2 * FRAME_BYTES; bytes += FRAME_BYTES) await say();
    expect(backlog()).toBeLessThan(kept + FRAME_BYTES);
    slow.socket.resume();
    expect(await slow.closed).toEqual({ code: 1013, reason: "The reader is too slow." });
  });

  it("for too long its socket is closed, whatever it knows", async () => {
    const { slow, say } = await slowReader(["live"], { slowReaderMs: 0 });
    for (let more = 0; more < 3; more += 1) await say();
    slow.socket.resume();
    expect((await slow.closed).code).toBe(1013);
  });
});

function tokensOf(frames: readonly Frame[]): string {
  const spoken = frames.filter(({ type }) => type === "stream_token");
  return spoken.map((frame) => textAt(frame, "token")).join("");
}

function sessionOf(client: CoreClient): string {
  return textAt(client.frames[0] as Frame, "data.sessionId");
}
