import { connect } from "node:net";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import expressWs from "express-ws";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { at, outlines } from "./core-client.fixture.js";
import { heldAnswer, says } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  type RunningServer,
} from "./running-server.fixture.js";

// The library beside whatever a host already has on its app and its HTTP server.

const wsUrl = (server: RunningServer, path: string) => server.url.replace("http", "ws") + path;

async function converse(server: RunningServer): Promise<void> {
  const { client, sessionId } = await openSession(server);
  server.model.script(says("Hello"));
  await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
  expect(outlines(await client.rest())).toEqual(['"Hello"', "r eventual_response"]);
}

/** What an echo says to one word. */
async function echoOf(url: string): Promise<string> {
  const socket = new WebSocket(url);
  await once(socket, "open");
  socket.send("word");
  const [data] = (await once(socket, "message", { signal: AbortSignal.timeout(5_000) })) as [
    Buffer,
  ];
  socket.close();
  await once(socket, "close");
  return data.toString();
}

async function refusedStatus(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  response.resume();
  return response.statusCode;
}

function answering(sockets: WebSocketServer): void {
  sockets.on("connection", (socket) => {
    socket.on("message", (data: Buffer) => socket.send(`host: ${data.toString()}`));
  });
}

describe("in a host's app", () => {
  it("works beside the host's routes and its own WebSockets on another path", async () => {
    const server = await runningServer({
      host(app, http) {
        app.get("/cart", (_request, response) => void response.send("cart"));
        answering(new WebSocketServer({ server: http, path: "/host-ws" }));
      },
    });
    await converse(server);
    expect(await echoOf(wsUrl(server, "/host-ws"))).toBe("host: word");
    expect(await (await fetch(`${server.url}/cart`)).text()).toBe("cart");
    expect((await fetch(`${server.url}/nothing`)).status).toBe(404);
    await converse(server);
  });

  it("works beside WebSockets that the host adds after it", async () => {
    const server = await runningServer();
    answering(new WebSocketServer({ server: server.http, path: "/host-ws" }));
    await converse(server);
    expect(await echoOf(wsUrl(server, "/host-ws"))).toBe("host: word");
    await converse(server);
  });

  it("leaves upgrades of other paths to the host's listener, and refuses them when there is none", async () => {
    const seen: string[] = [];
    const withListener = await runningServer({
      host(_app, http) {
        http.on("upgrade", (request, socket) => {
          if (request.url === "/ws") return;
          seen.push(request.url ?? "");
          socket.end("HTTP/1.1 418 Teapot\r\nConnection: close\r\n\r\n");
        });
      },
    });
    expect(await refusedStatus(wsUrl(withListener, "/unknown"))).toBe(418);
    expect(await refusedStatus(wsUrl(withListener, "/wsx"))).toBe(418);
    expect(seen).toEqual(["/unknown", "/wsx"]);
    await converse(withListener);
    const alone = await runningServer();
    expect(await refusedStatus(wsUrl(alone, "/unknown"))).toBe(404);
  });

  it("works beside a host that uses express-ws itself", async () => {
    const server = await runningServer({
      host(app, http) {
        const { app: hostApp } = expressWs(app, http);
        hostApp.ws("/chat", (socket) => {
          socket.on("message", (data: Buffer) => socket.send(`host: ${data.toString()}`));
        });
      },
    });
    expect(await echoOf(wsUrl(server, "/chat"))).toBe("host: word");
    await converse(server);
    expect(await echoOf(wsUrl(server, "/chat"))).toBe("host: word");
  });

  it("shows the host's middleware no token of a handshake", async () => {
    const seen: string[] = [];
    const secret = "a secret of the host's dashboards";
    const server = await runningServer({
      principals: { secret },
      host(app) {
        app.use((request, _response, next) => {
          seen.push(request.url);
          next();
        });
      },
    });
    const client = await server.connect();
    await client.quiet();
    const token = await new SignJWT({ sub: "p1" })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime("1m")
      .sign(Buffer.from(secret));
    const withToken = new WebSocket(wsUrl(server, `/ws?token=${token}`), {
      origin: "https://shop.example",
    });
    await once(withToken, "open");
    withToken.close();
    await once(withToken, "close");
    await fetch(`${server.url}/cart`);
    expect(seen).toEqual(["/cart"]);
    expect(server.log.join("")).not.toContain(token);
  });

  it("serves the widget's script to every origin, cheaply the second time", async () => {
    const server = await runningServer();
    const first = await fetch(`${server.url}/smooth-agent.js`);
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toMatch(/javascript/);
    expect(first.headers.get("access-control-allow-origin")).toBe("*");
    expect((await first.text()).length).toBeGreaterThan(10_000);
    const etag = first.headers.get("etag") ?? "";
    const again = await fetch(`${server.url}/smooth-agent.js`, {
      // Left to itself, fetch would ask for an uncached answer here.
      headers: { "if-none-match": etag, "cache-control": "max-age=0" },
    });
    expect(again.status).toBe(304);
  });

  it("serves what the scripts fetch for good, and nothing but that", async () => {
    const server = await runningServer();
    const module = await (await fetch(`${server.url}/smooth-agent.mjs`)).text();
    const loader = await (await fetch(`${server.url}/loader.js`)).text();
    const [path = ""] = /smooth-agent\/[\w-]+\.js/.exec(module) ?? [];
    expect(loader).toContain(path.replace("smooth-agent/", ""));
    const core = await fetch(`${server.url}/${path}`);
    expect([core.status, core.headers.get("content-type")]).toEqual([
      200,
      expect.stringMatching(/javascript/),
    ]);
    expect(Object.fromEntries(core.headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "public, max-age=31536000, immutable",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
    });
    const names = [
      "core-0000000000.js",
      "..%2Fclient.js",
      "%2e%2e%2fclient.js",
      "..%5cclient.js",
      "",
      ".",
    ];
    for (const name of names) {
      const response = await fetch(`${server.url}/smooth-agent/${name}`);
      expect([name, response.status, response.headers.get("cache-control")]).toEqual([
        name,
        404,
        null,
      ]);
    }
  });

  it("answers a request for the script that cannot be met with its status alone", async () => {
    const server = await runningServer();
    const headers: Record<string, string>[] = [
      { range: "bytes=999999999-" },
      { "if-match": '"another"' },
    ];
    const answers = headers.map(async (each) => {
      const response = await fetch(`${server.url}/smooth-agent.js`, { headers: each });
      return `${response.status} ${await response.text()}`;
    });
    expect(await Promise.all(answers)).toEqual([
      "416 Range Not Satisfiable",
      "412 Precondition Failed",
    ]);
  });

  it("survives upgrades of other paths whose sockets are cut", async () => {
    const server = await runningServer();
    const { hostname, port } = new URL(server.url);
    const upgrade =
      `GET /elsewhere HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    const cut = async () => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.write(upgrade, () => socket.resetAndDestroy());
      await once(socket, "close");
    };
    // An unheard error of one of them would end the test's own process.
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 25 }, cut));
    }
    expect((await fetch(`${server.url}/smooth-agent.js`)).status).toBe(200);
  });
});

describe("drain", () => {
  it("lets running turns finish, refuses new ones, and closes with 1012", async () => {
    const server = await runningServer();
    const { client, sessionId } = await openSession(server);
    const other = await openSession(server);
    const held = heldAnswer();
    server.model.script(held.answer);
    const send = { action: "send_message", message: "hi" };
    await client.ask({ ...send, requestId: "r", sessionId });
    const drained = server.agent.drain();
    expect(await server.agent.isReady()).toBe(false);
    const refused = await other.client.ask({
      ...send,
      requestId: "late",
      sessionId: other.sessionId,
    });
    const error = `{"code":"UNAVAILABLE","message":"The server is restarting. Please try again.","retryable":true}`;
    expect(refused.text).toBe(
      `{"type":"error","requestId":"late","error":${error},"data":{"requestId":"late","error":${error}},"timestamp":1}`,
    );
    const status = await fetch(`${server.url}/ws`, { headers: { origin: "https://shop.example" } });
    expect([status.status, await status.json()]).toEqual([
      503,
      { error: { code: "UNAVAILABLE", message: "The server is restarting. Please try again." } },
    ]);
    await held.say("Hello");
    await held.finish();
    expect(outlines(await client.rest())).toEqual(['"Hello"', "r eventual_response"]);
    expect(await client.closed).toEqual({ code: 1012, reason: "The server is restarting." });
    expect((await other.client.closed).code).toBe(1012);
    await drained;
  });

  it("gives up a turn that takes too long, and leaves it to the next server", async () => {
    const before = await runningServer({ limits: { drainMs: 20 } });
    const session = await openSession(before);
    const { client, sessionId } = session;
    before.model.script(() => undefined);
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    await before.agent.drain();
    expect((await client.closed).code).toBe(1012);
    const held = heldAnswer();
    const after = await runningServer({
      file: before.file,
      model: (model) => model.script(held.answer),
    });
    // The next server takes the turn up as it starts, and whoever comes back misses nothing.
    await after.model.request(0);
    const { client: back, answer } = await resumed(after, session);
    expect(at(answer, "data.activeTurn")).toEqual({ requestId: "r", status: "running", items: [] });
    await held.say("Here.");
    await held.finish();
    expect(outlines(await back.rest())).toEqual(['"Here."', "r eventual_response"]);
  });

  it("leaves the host's server and its own sockets alive", async () => {
    const server = await runningServer({
      host(app, http) {
        app.get("/cart", (_request, response) => void response.send("cart"));
        answering(new WebSocketServer({ server: http, path: "/host-ws" }));
      },
    });
    const client = await server.connect();
    const url = wsUrl(server, "/host-ws");
    const hostSocket = new WebSocket(url);
    await once(hostSocket, "open");
    await server.agent.drain();
    expect((await client.closed).code).toBe(1012);
    hostSocket.send("still");
    expect(String((await once(hostSocket, "message"))[0])).toBe("host: still");
    hostSocket.close();
    expect(await echoOf(url)).toBe("host: word");
    expect(await (await fetch(`${server.url}/cart`)).text()).toBe("cart");
  });
});
