import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { eventualResponse, immediateResponse, pong, streamToken } from "@smooth-agent/protocol";
import { WebSocketServer } from "ws";
import { answer, chunks } from "./answer.mjs";

const built = new URL("../../widget/dist/", import.meta.url);
/** The scripts of the build, by their paths. */
const scripts = new Map(
  readdirSync(built, { recursive: true, encoding: "utf8" })
    .filter((path) => /^(loader|smooth-agent|smooth-agent[/\\].+)\.js$/.test(path))
    .map((path) => [`/${path.replaceAll("\\", "/")}`, readFileSync(new URL(path, built))]),
);

/**
 * Serves the pages, the built scripts and a socket that speaks the wire contract. The answer to a
 * message waits for `stream`, which sends it at a rate and tells when it began and ended.
 */
export async function startWireServer(pages) {
  const http = createServer(({ url }, response) => {
    const page = pages[url];
    if (scripts.has(url)) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(scripts.get(url));
    } else if (page) response.writeHead(200, { "content-type": "text/html" }).end(page);
    else response.writeHead(404).end();
  });
  let asked;
  let whenAsked = withResolvers();
  const sockets = new WebSocketServer({ server: http, path: "/ws" });
  sockets.on("connection", (socket) => {
    const send = (event) => socket.send(JSON.stringify(event));
    socket.on("message", (/** @type {Buffer} */ data) => {
      const { action, requestId } = JSON.parse(data.toString());
      const reply = (status, message, content) =>
        send(immediateResponse(requestId, status, message, content, Date.now()));
      if (action === "ping") send(pong(requestId, Date.now()));
      if (action === "create_conversation_session") reply(200, "Session", session());
      if (action === "get_conversation_messages") {
        reply(200, "Messages", {
          conversationId: "c1",
          messages: [],
          nextCursor: null,
          hasMore: false,
        });
      }
      if (action !== "send_message") return;
      reply(202, "Processing your request...", {});
      asked = { requestId, send };
      whenAsked.resolve();
    });
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${http.address().port}`,
    /** Resolves when a message waits for its answer. */
    asked: () => whenAsked.promise,
    async stream(perSecond) {
      const { requestId, send } = asked;
      whenAsked = withResolvers();
      const begun = performance.now();
      const beganAt = Date.now();
      for (let sent = 0; sent < chunks.length;) {
        const due = Math.floor(((performance.now() - begun) * perSecond) / 1000) + 1;
        while (sent < Math.min(due, chunks.length)) {
          send(streamToken(requestId, chunks[sent], Date.now()));
          sent += 1;
        }
        await pause(1000 / perSecond);
      }
      send(eventualResponse(requestId, reply(), Date.now()));
      return { beganAt, tookMs: Date.now() - beganAt };
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function withResolvers() {
  const resolvers = {};
  resolvers.promise = new Promise((resolve) => (resolvers.resolve = resolve));
  return resolvers;
}

function session() {
  return {
    sessionId: "s1",
    conversationId: "c1",
    agentId: "bench",
    agentName: "Ada",
    userParticipantId: "u1",
    agentParticipantId: "p1",
    sessionToken: "token",
    expiresAt: Date.now() + 3_600_000,
    agent: { name: "Ada", greeting: "Hello." },
    activeTurn: null,
    lastTurn: null,
  };
}

function reply() {
  return {
    messageId: "m1",
    needsEscalation: false,
    response: {
      responseParts: [answer],
      customerHappinessScore: 0.5,
      needsSatisfactionScore: 0.5,
      requestSummary: "",
      resolutionStatus: "in_progress",
      suggestedNextActions: [],
    },
  };
}
