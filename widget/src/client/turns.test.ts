import { errorFrame, type ServerEvent } from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client } from "./client.js";
import { clientOf, heardFrom } from "./client.fixture.js";
import { startModelServer, type ModelServer } from "./model-server.fixture.js";

let server: ModelServer;
let client: Client;

beforeEach(async () => {
  server = await startModelServer();
  client = clientOf(server);
});

afterEach(async () => {
  client.close();
  await server.close();
});

const sent = (server: ModelServer) =>
  server.actions.filter((action) => action.action === "send_message");

async function collect(events: AsyncIterable<ServerEvent>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of events) types.push(event.type);
  return types;
}

/** What a reader shows after each event: tokens extend it, a snapshot and the end replace it. */
async function textsOf(events: AsyncIterable<ServerEvent>): Promise<string[]> {
  const texts = [""];
  for await (const event of events) {
    const last = texts.at(-1) ?? "";
    if (event.type === "stream_token") texts.push(last + event.token);
    if (event.type === "eventual_response") {
      texts.push(event.data.data.response.responseParts.join(""));
    }
    if (event.type !== "turn_snapshot") continue;
    texts.push(event.data.items.map((item) => (item.type === "text" ? item.text : "")).join(""));
  }
  return texts;
}

describe("a turn", () => {
  it("connects by itself, gives every iterator everything, and ends in its result", async () => {
    const turn = client.send("hello");
    const first = collect(turn.events);
    await server.received((a) => a.action === "send_message");
    server.say("Hi");
    server.say(" there");
    server.finish("m9");
    const types = ["immediate_response", "stream_token", "stream_token", "eventual_response"];
    expect(await first).toEqual(types);
    expect(await collect(turn.events)).toEqual(types);
    expect(await turn.result).toMatchObject({
      status: "completed",
      text: "Hi there",
      reply: { messageId: "m9" },
    });
  });

  it("is cancelled when its iteration is left", async () => {
    const turn = client.send("hello");
    const heard = heardFrom(client);
    await server.received((a) => a.action === "send_message");
    server.say("one");
    for await (const event of turn.events) if (event.type === "stream_token") break;
    expect(await turn.result).toEqual({ status: "cancelled" });
    await heard.until((n) => n.type === "event" && n.event.type === "cancelled");
    const cancel = server.actions.find((a) => a.action === "cancel");
    expect(cancel).toMatchObject({ requestId: turn.requestId, sessionId: "s1" });
  });

  it("is cancelled after a drop that swallowed the cancel", async () => {
    const turn = client.send("hello");
    await server.received((a) => a.action === "send_message");
    server.intercept = (action, peer) => {
      if (action.action !== "cancel") return false;
      server.intercept = () => false;
      peer.cut();
      return true;
    };
    client.cancel(turn.requestId);
    expect(await turn.result).toEqual({ status: "cancelled" });
    const cancels = server.actions.filter((a) => a.action === "cancel");
    expect(cancels.map(({ requestId }) => requestId)).toEqual([turn.requestId, turn.requestId]);
  });

  it("that was never sent is cancelled here and never sent", async () => {
    const turn = client.send("hello");
    client.cancel(turn.requestId);
    expect(await turn.result).toEqual({ status: "cancelled" });
    await client.connect();
    expect(sent(server)).toHaveLength(0);
  });

  it("is sent again under the same requestId until it is acked, and starts once", async () => {
    let cuts = 2;
    server.intercept = (action, peer) => {
      if (action.action !== "send_message" || cuts === 0) return false;
      cuts -= 1;
      peer.cut();
      return true;
    };
    const turn = client.send("hello");
    await server.received(() => server.turn !== undefined);
    server.say("Hi");
    server.finish();
    expect(await turn.result).toMatchObject({ status: "completed", text: "Hi" });
    expect(new Set(sent(server).map(({ requestId }) => requestId)).size).toBe(1);
    expect(sent(server)).toHaveLength(3);
  });

  it("whose end was missed is asked for again and ends once", async () => {
    const heard = heardFrom(client);
    const turn = client.send("hello");
    const events = collect(turn.events);
    await server.received(() => server.turn !== undefined);
    server.say("Hi");
    await heard.until((n) => n.type === "event" && n.event.type === "stream_token");
    server.cut();
    server.say(" again");
    server.finish();
    // Another device has had a turn since.
    server.lastTurn = undefined;
    expect(await turn.result).toMatchObject({ status: "completed", text: "Hi again" });
    expect((await events).filter((type) => type === "eventual_response")).toHaveLength(1);
    expect(server.messages).toHaveLength(2);
  });

  it("whose end the session tells of ends once, and is not sent again", async () => {
    const heard = heardFrom(client);
    const turn = client.send("hello");
    const events = collect(turn.events);
    await server.received(() => server.turn !== undefined);
    server.say("Hi");
    await heard.until((n) => n.type === "event" && n.event.type === "stream_token");
    server.cut();
    server.finish();
    expect(await turn.result).toMatchObject({ status: "completed", text: "Hi" });
    expect(await events).toEqual(["immediate_response", "stream_token", "eventual_response"]);
    server.cut();
    await server.received(() => server.actions.at(-1)?.action === "resume_session");
    expect(await collect(turn.events)).toHaveLength(3);
    expect(sent(server)).toHaveLength(1);
  });

  it("has its exact text for a reader of its events, wherever the socket was cut", async () => {
    const tokens = ["It ", "is ", "on ", "its ", "way."];
    for (const after of tokens.keys()) {
      const turn = client.send(`hello ${after}`);
      await server.received((a) => a.action === "send_message" && a.requestId === turn.requestId);
      const texts = textsOf(turn.events);
      for (const [index, token] of tokens.entries()) {
        server.say(token);
        if (index === after) server.cut();
      }
      server.snapshot();
      server.finish();
      await turn.result;
      const whole = tokens.join("");
      for (const text of await texts) expect(whole.startsWith(text)).toBe(true);
      expect((await texts).at(-1)).toBe(whole);
    }
  });

  it("goes on from the snapshot after a drop", async () => {
    const heard = heardFrom(client);
    const turn = client.send("hello");
    const events = collect(turn.events);
    await server.received(() => server.turn !== undefined);
    server.say("Hi");
    await heard.until((n) => n.type === "event" && n.event.type === "stream_token");
    server.cut();
    server.say(" missed");
    await heard.until((n) => n.type === "session" && n.resumed);
    server.say(" tail");
    server.finish();
    await turn.result;
    expect(await events).toEqual([
      "immediate_response",
      "stream_token",
      "turn_snapshot",
      "stream_token",
      "eventual_response",
    ]);
  });

  it("is not ended by an error that ends no turn, and is by one that does", async () => {
    const turn = client.send("hello");
    await server.received(() => server.turn !== undefined);
    const [peer] = server.peers;
    for (const code of ["TURN_IN_PROGRESS", "NO_PENDING_CONFIRMATION"] as const) {
      peer!.send(errorFrame(turn.requestId, { code, message: "No.", retryable: true }, 1));
    }
    server.say("Hi");
    server.fail();
    expect(await turn.result).toMatchObject({ status: "failed", error: { code: "AGENT_ERROR" } });
    expect(await collect(turn.events)).toEqual([
      "immediate_response",
      "error",
      "error",
      "stream_token",
      "error",
    ]);
  });

  it("fails when it is refused, blank, too long, or not answered", async () => {
    await client.connect();
    for (const text of ["  ", "x".repeat(10_001), "\u0001".repeat(9_999) + "𝒳".repeat(2)]) {
      expect(await client.send(text).result).toMatchObject({ error: { code: "VALIDATION_ERROR" } });
    }
    expect(sent(server)).toHaveLength(0);
    client.close();
    client = clientOf(server, { timing: { answerMs: 30 } });
    await client.connect();
    server.intercept = ({ action }) => action === "send_message";
    expect(await client.send("hello").result).toMatchObject({
      error: { code: "UNAVAILABLE", retryable: true },
    });
  });

  it("takes the session up anew, once, when the server does not know it", async () => {
    await client.connect();
    server.intercept = (action, peer) => {
      if (action.action !== "send_message" || sent(server).length > 1) return false;
      server.tokens.clear();
      const error = { code: "SESSION_NOT_FOUND", message: "Unknown." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    const turn = client.send("hello");
    await server.received(() => server.turn !== undefined);
    server.finish();
    expect(await turn.result).toMatchObject({ status: "completed" });
    expect(sent(server).map(({ sessionId }) => sessionId)).toEqual(["s1", "s2"]);
  });
});

describe("a verdict", () => {
  it("is acked, and is refused when nothing is pending", async () => {
    client.send("refund");
    await server.received(() => server.turn !== undefined);
    server.ask("t1");
    await client.confirm("t1", true);
    await expect(client.confirm("t1", true)).rejects.toMatchObject({
      descriptor: { code: "NO_PENDING_CONFIRMATION" },
      origin: "server",
    });
    await expect(client.messages({ limit: 1 })).resolves.toMatchObject({ hasMore: false });
  });

  it("is given again after a drop while its question is pending, and only then", async () => {
    client.send("refund");
    await server.received(() => server.turn !== undefined);
    server.ask("t1");
    const verdicts = () => server.actions.filter((a) => a.action === "confirm_tool_action");
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action" || verdicts().length > 1) return false;
      peer.cut();
      return true;
    };
    await client.confirm("t1", false, { reason: "Not now." });
    expect(verdicts()).toMatchObject([
      { toolCallId: "t1", approved: false, reason: "Not now." },
      { toolCallId: "t1", approved: false, reason: "Not now." },
    ]);

    server.ask("t2");
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action") return false;
      delete server.turn!.pending;
      peer.cut();
      return true;
    };
    await expect(client.confirm("t2", true)).rejects.toMatchObject({
      descriptor: { code: "NO_PENDING_CONFIRMATION" },
      origin: "client",
    });
    expect(verdicts()).toHaveLength(3);
  });

  it.each([true, false])("whose ack was lost stands: %s", async (approved) => {
    client.send("refund");
    await server.received(() => server.turn !== undefined);
    server.ask("t1");
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action") return false;
      // The frame is acted on, but what follows reaches nobody.
      for (const each of server.peers) each.send = () => {};
      queueMicrotask(() => peer.cut());
      return false;
    };
    await client.confirm("t1", approved);
    expect(server.actions.filter((a) => a.action === "confirm_tool_action")).toHaveLength(1);
  });
});
