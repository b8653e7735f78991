import { connect as connectTcp } from "node:net";
import { once } from "node:events";
import { LIMITS } from "@smooth-agent/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { outline } from "./core-client.fixture.js";
import { calls, heldAnswer } from "./model-answers.fixture.js";
import { openSession, resumed, runningServer, SHOP } from "./running-server.fixture.js";
import { defineTool } from "./tools/tool.js";

const send = (sessionId: string, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});
const wrongFrame = (message: string, requestId?: string) => {
  const id = requestId === undefined ? "" : `"requestId":"${requestId}",`;
  const error = `{"code":"VALIDATION_ERROR","message":"${message}"}`;
  return `{"type":"error",${id}"error":${error},"data":{${id}"error":${error}},"timestamp":1}`;
};
const nested = (depth: number) =>
  `{"action":"ping","requestId":"deep","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("a frame that is none", () => {
  const NOT_JSON = wrongFrame("A frame must be valid JSON.");
  const NO_OBJECT = wrongFrame("A frame must be one JSON object.");
  const NO_ACTION = "action must be a string that names the action.";
  it.each<[frame: string, answer: string]>([
    ["", NOT_JSON],
    ["ping", NOT_JSON],
    ['{"action":"ping"', NOT_JSON],
    ['{"action":"ping"}{"action":"ping"}', NOT_JSON],
    ['{"action":"pi\0ng"}', NOT_JSON],
    ["[]", NO_OBJECT],
    ["5", NO_OBJECT],
    ['"x"', NO_OBJECT],
    ["null", NO_OBJECT],
    ["{}", wrongFrame(NO_ACTION)],
    ['{"requestId":"r"}', wrongFrame(NO_ACTION, "r")],
    ['{"requestId":5,"action":"ping"}', wrongFrame("requestId must be a string.")],
    ['{"requestId":"\\ud800","action":"nope"}', unsupported()],
    ['{"requestId":"r","action":["ping"]}', wrongFrame(NO_ACTION, "r")],
    ['{"__proto__":{"action":"ping"},"requestId":"r"}', wrongFrame(NO_ACTION, "r")],
    ['{"requestId":"r","action":"constructor"}', unsupported("r")],
    ['{"requestId":"r","action":"__proto__"}', unsupported("r")],
    ['{"action":"ping","requestId":"r","action":"nope"}', unsupported("r")],
  ])("is answered, and the socket stays: %j", async (frame, answer) => {
    const client = await (await runningServer()).connect();
    client.send(frame);
    expect((await client.next()).text).toBe(answer);
    await client.quiet();
    await client.close();
  });

  it("is answered when it is nested too deep, however deep", async () => {
    const client = await (await runningServer()).connect();
    const answer = wrongFrame("A frame may be nested at most 16 levels deep.");
    for (const depth of [17, 30_000]) {
      client.send(nested(depth));
      expect((await client.next()).text).toBe(answer);
    }
    await client.quiet();
  });

  it("is answered when it is binary", async () => {
    const client = await (await runningServer()).connect();
    client.socket.send(Buffer.from('{"action":"ping"}'), { binary: true });
    expect((await client.next()).text).toBe(
      wrongFrame("Binary frames are not part of the protocol."),
    );
    await client.quiet();
  });

  it("changes no prototype and stores no half character", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    client.send(
      `{"action":"create_conversation_session","requestId":"c","agentId":"shop","metadata":{"__proto__":{"isAdmin":true}}}`,
    );
    expect(outline(await client.next())).toBe("c: Session created");
    expect(Object.hasOwn(Object.prototype, "isAdmin")).toBe(false);
    const wrong = "must be well-formed text without NUL characters.";
    for (const message of ["\\ud83d", "a\\u0000b"]) {
      client.send(
        `{"action":"send_message","requestId":"r","sessionId":"${sessionId}","message":"${message}"}`,
      );
      expect((await client.next()).text).toBe(wrongFrame(`message ${wrong}`, "r"));
    }
  });
});

describe("a frame at its limits", () => {
  it("of 16 levels and of 64 KiB is read", async () => {
    const client = await (await runningServer()).connect();
    client.send(nested(16));
    expect(outline(await client.next())).toBe("deep pong");
    const frame = (bytes: number) => {
      const empty = JSON.stringify({ action: "ping", requestId: "big", pad: "" });
      return empty.replace('"pad":""', `"pad":"${"x".repeat(bytes - empty.length)}"`);
    };
    client.send(frame(LIMITS.frameBytes));
    expect(outline(await client.next())).toBe("big pong");
    client.send(frame(LIMITS.frameBytes + 1));
    expect((await client.closed).code).toBe(1009);
  });

  it("that is no UTF-8 closes, as the WebSocket protocol wants it", async () => {
    const client = await (await runningServer()).connect();
    client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    expect((await client.closed).code).toBe(1007);
  });

  it("sent in one packet with the handshake is answered", async () => {
    const server = await runningServer();
    const socket = connectTcp(Number(new URL(server.url).port), "127.0.0.1");
    const head = [
      "GET /ws HTTP/1.1",
      "Host: shop",
      `Origin: ${SHOP}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
      "\r\n",
    ].join("\r\n");
    const ping = Buffer.from('{"action":"ping","requestId":"first"}');
    // A masked text frame whose mask is zero.
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | ping.length, 0, 0, 0, 0]), ping]);
    socket.write(Buffer.concat([Buffer.from(head), frame]));
    let received = "";
    while (!received.includes('"type":"pong","requestId":"first"')) {
      const [bytes] = (await once(socket, "data", { signal: AbortSignal.timeout(5_000) })) as [
        Buffer,
      ];
      received += bytes.toString();
    }
    expect(received).toMatch(/^HTTP\/1\.1 101 /);
    socket.destroy();
  });
});

describe("too much", () => {
  it("of frames closes the flooding socket, and no other", async () => {
    const server = await runningServer();
    const [flood, calm] = [await server.connect(), await server.connect()];
    for (let frame = 0; frame < 201; frame += 1) flood.send({ action: "ping" });
    expect(await flood.closed).toEqual({ code: 1008, reason: "Too many frames." });
    expect(flood.frames).toHaveLength(200);
    await calm.quiet();
  });

  it("of unanswered requests closes the socket", async () => {
    const server = await runningServer({ limits: { pendingActions: 4 } });
    const { client, sessionId } = await openSession(server);
    for (let frame = 0; frame < 5; frame += 1) client.send({ action: "get_session", sessionId });
    expect((await client.closed).code).toBe(1008);
  });

  it("is not one long page of history for a reader that reads", async () => {
    const server = await runningServer({ limits: { outboundBytes: 256 * 1024 } });
    const { client, sessionId } = await openSession(server);
    const held = heldAnswer();
    server.model.script(held.answer);
    await client.ask(send(sessionId));
    for (let token = 0; token < 25; token += 1) {
      await held.say("€".repeat(10_000));
      await client.next();
    }
    await held.finish();
    await client.rest();
    const page = await client.ask({ action: "get_conversation_messages", sessionId });
    expect(page.text.length).toBeGreaterThan(500_000);
    await client.quiet();
  });
});

describe("a connection that waits", () => {
  afterEach(() => void vi.useRealTimers());

  it("is kept alive every 20 s while its turn runs or is parked, and not before or after", async () => {
    // Only the clock of the server's intervals: sockets and the database keep the real one.
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const refund = defineTool({
      name: "issue_refund",
      description: "Pays.",
      confirm: true,
      execute: () => "paid",
    });
    const server = await runningServer({ tools: [refund], limits: { pingMs: 3_600_000 } });
    const session = await openSession(server);
    const { client, sessionId } = session;
    const keepalive = `{"type":"keepalive","requestId":"r","data":{"requestId":"r"},"timestamp":1}`;
    vi.advanceTimersByTime(LIMITS.keepaliveMs);
    await client.quiet(sessionId);
    const held = heldAnswer();
    server.model.script(calls({ name: "issue_refund" }), held.answer);
    client.send(send(sessionId));
    await client.until("write_confirmation_required");
    await client.next();
    const joined = (await resumed(server, session)).client;
    vi.advanceTimersByTime(LIMITS.keepaliveMs);
    expect((await client.next()).text).toBe(keepalive);
    expect((await joined.next()).text).toBe(keepalive);
    client.send({ action: "confirm_tool_action", requestId: "v", sessionId, approved: true });
    await client.until("stream_chunk");
    await server.model.request(1);
    vi.advanceTimersByTime(LIMITS.keepaliveMs);
    expect((await client.next()).text).toBe(keepalive);
    await held.finish();
    await client.rest();
    vi.advanceTimersByTime(2 * LIMITS.keepaliveMs);
    await client.quiet(sessionId);
  });

  it("is pinged and stays as long as it answers; one that does not is cut off", async () => {
    const server = await runningServer({ limits: { pingMs: 30 } });
    const alive = await server.connect();
    const dead = await server.connect({ autoPong: false });
    expect((await dead.closed).code).toBe(1006);
    for (let ping = 0; ping < 3; ping += 1) await once(alive.socket, "ping");
    await alive.quiet();
  });
});

function unsupported(requestId?: string): string {
  return wrongFrame("This action is not supported.", requestId).replaceAll(
    "VALIDATION_ERROR",
    "UNSUPPORTED_ACTION",
  );
}
