import { errorFrame, immediateResponse } from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientOf, memoryStore } from "../client/client.fixture.js";
import { startModelServer, type ModelServer } from "../client/model-server.fixture.js";
import type { SessionStore } from "../client/session-store.js";
import { createConversation } from "./conversation.js";
import type { Conversation, ToolPart } from "./conversation-state.js";
import { lines, until } from "./conversation.fixture.js";

let server: ModelServer;
let storage: SessionStore;
let conversation: Conversation;
const opened: Conversation[] = [];

beforeEach(async () => {
  server = await startModelServer();
  storage = memoryStore();
  conversation = page();
});

afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await server.close();
});

/** A page, or another tab, of the same browser. */
function page(options: { pageSize?: number; busyMs?: number } = {}): Conversation {
  const fresh = createConversation(clientOf(server, { storage }), {
    busyMs: 10,
    reloadMs: 10,
    ...options,
  });
  opened.push(fresh);
  return fresh;
}

const isOnline = (c: Conversation) =>
  until(c, ({ connection, history }) => {
    return connection.status === "online" && !history.loading && history.cursor !== undefined;
  });
const turnRuns = () => server.received(() => server.turn !== undefined);
const ended = (c: Conversation) =>
  until(
    c,
    (s) =>
      s.activeTurnId === undefined && s.transcript.at(-1)?.kind === "agent" && !s.history.loading,
  );
const shows = (c: Conversation, ...wanted: string[]) =>
  until(c, (state) => JSON.stringify(lines(state)) === JSON.stringify(wanted));
const framesOf = (name: string) => server.actions.filter(({ action }) => action === name);

function card(c: Conversation, toolCallId = "t1"): ToolPart | undefined {
  return c.state.transcript
    .flatMap((entry) => (entry.kind === "agent" ? entry.parts : []))
    .find((part): part is ToolPart => part.type === "tool" && part.toolCallId === toolCallId);
}

async function opens(c: Conversation): Promise<void> {
  c.open();
  await isOnline(c);
}

async function turnOf(c: Conversation, text: string): Promise<void> {
  c.send(text);
  await turnRuns();
}

describe("sending", () => {
  it("shows at once, streams, and keeps the identity of what did not change", async () => {
    await opens(conversation);
    expect(conversation.state.agent).toEqual({ name: "Ada", greeting: "Hello." });
    conversation.send("one");
    expect(lines(conversation.state)).toEqual(["visitor sending: one"]);
    await turnRuns();
    server.say("a");
    server.finish();
    await ended(conversation);
    const [before] = conversation.state.transcript;
    await turnOf(conversation, "two");
    server.say("b");
    await shows(
      conversation,
      "visitor sent: one",
      "agent completed: a",
      "visitor sent: two",
      "agent running: b",
    );
    expect(conversation.state.transcript[0]).toBe(before);
    expect(conversation.state.activeTurnId).toBe(conversation.state.transcript[3]?.id);
  });

  it("waits offline and behind a running turn, and is sent once each, in order", async () => {
    conversation.send("one");
    conversation.send("two");
    conversation.send("three");
    expect(lines(conversation.state)).toEqual([
      "visitor waiting: one",
      "visitor waiting: two",
      "visitor waiting: three",
    ]);
    conversation.open();
    for (const text of ["one", "two", "three"]) {
      await server.received((a) => a.action === "send_message" && a.message === text);
      server.say(`re ${text}`);
      server.finish();
    }
    await shows(
      conversation,
      "visitor sent: one",
      "agent completed: re one",
      "visitor sent: two",
      "agent completed: re two",
      "visitor sent: three",
      "agent completed: re three",
    );
    expect(framesOf("send_message")).toHaveLength(3);
  });

  it("is refused with the reason, and tried again under the same requestId", async () => {
    await opens(conversation);
    server.intercept = (action, peer) => {
      if (action.action !== "send_message" || framesOf("send_message").length > 1) return false;
      const error = { code: "RATE_LIMITED", message: "Slow down." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    conversation.send("one");
    await shows(conversation, "visitor refused: one");
    const [entry] = conversation.state.transcript;
    expect(entry).toMatchObject({ error: { code: "RATE_LIMITED" } });
    conversation.retry(entry!.id);
    await turnRuns();
    server.finish();
    await shows(conversation, "visitor sent: one", "agent completed: ");
    const ids = framesOf("send_message").map(({ requestId }) => requestId);
    expect(ids).toEqual([entry!.id, entry!.id]);
  });

  it("meets another tab's turn and goes after it", async () => {
    await opens(conversation);
    const other = page();
    await opens(other);
    // Both press at the same moment: neither has heard of the other's turn.
    conversation.send("mine");
    other.send("theirs");
    await server.received(() => framesOf("send_message").length === 2);
    expect(server.turn).toBeDefined();
    server.finish();
    await server.received(() => framesOf("send_message").length >= 3 && server.turn !== undefined);
    server.finish();
    for (const each of [conversation, other]) {
      await until(each, (s) => s.transcript.length === 4 && s.activeTurnId === undefined);
    }
    expect(server.messages.map(({ content }) => content.text).toSorted()).toEqual([
      "mine",
      "theirs",
    ]);
  });

  describe("behind a turn that is not seen here", () => {
    const isFirst = () => framesOf("send_message").length === 1;

    beforeEach(() => {
      server.intercept = (action, peer) => {
        if (action.action !== "send_message" || !isFirst()) return false;
        const error = { code: "TURN_IN_PROGRESS", message: "Another turn runs." } as const;
        peer.send(errorFrame(action.requestId, error, 1));
        return true;
      };
    });

    it("is held back until a turn ends", async () => {
      const held = page({ busyMs: 60_000 });
      await opens(held);
      held.send("mine");
      await server.received((a) => a.action === "send_message");
      await shows(held, "visitor waiting: mine");
      storage = memoryStore();
      const other = page();
      await opens(other);
      expect(isFirst()).toBe(true);
      other.send("theirs");
      await turnRuns();
      server.finish();
      await server.received(() => framesOf("send_message").length === 3);
      expect(framesOf("send_message").at(-1)).toMatchObject({ message: "mine" });
    });

    it("is tried again after a while", async () => {
      const held = page({ busyMs: 1 });
      await opens(held);
      held.send("mine");
      await turnRuns();
      await shows(held, "visitor sent: mine", "agent running: ");
    });
  });

  it("that lost its ack is shown once after the drop", async () => {
    await opens(conversation);
    server.intercept = (action, peer) => {
      if (action.action !== "send_message" || framesOf("send_message").length > 1) return false;
      // Stored and answered, but neither the ack nor the answer arrives.
      server.messages.push(stored("m0", "inbound", "one"), stored("m1", "outbound", "done"));
      peer.cut();
      return true;
    };
    conversation.send("one");
    await server.received(() => framesOf("send_message").length === 2);
    server.say("done");
    server.messages = [stored("m0", "inbound", "one")];
    server.finish("m1");
    await ended(conversation);
    expect(lines(conversation.state)).toEqual(["visitor sent: one", "agent completed: done"]);
  });

  it("stays when the client is closed meanwhile, and is shown once after opening again", async () => {
    await opens(conversation);
    conversation.send("one");
    await turnRuns();
    // The ack is on its way; it is not heard any more.
    conversation.close();
    expect(conversation.state.connection).toEqual({ status: "closed" });
    server.say("done");
    server.finish();
    // Another device has had a turn since, so that the session does not tell of this one.
    server.lastTurn = undefined;
    conversation.open();
    await ended(conversation);
    expect(lines(conversation.state)).toEqual(["visitor sent: one", "agent completed: done"]);
    expect(framesOf("get_conversation_messages")).toHaveLength(1);
  });

  it("waits for the newest page, which may hold it already", async () => {
    await opens(conversation);
    let give = () => {};
    server.intercept = (action, peer) => {
      if (action.action !== "get_conversation_messages") return false;
      server.intercept = () => false;
      const page = { conversationId: "c1", messages: [], nextCursor: null, hasMore: false };
      give = () => peer.send(immediateResponse(action.requestId, 200, "Messages", page, 1));
      return true;
    };
    server.cut();
    await server.received((a) => a.action === "get_conversation_messages");
    conversation.send("one");
    expect(lines(conversation.state)).toEqual(["visitor waiting: one"]);
    give();
    await turnRuns();
    await shows(conversation, "visitor sent: one", "agent running: ");
  });

  it("goes on when the newest page cannot be had, which is asked for again", async () => {
    await opens(conversation);
    let faults = 1;
    server.intercept = (action, peer) => {
      if (action.action !== "get_conversation_messages" || faults === 0) return false;
      faults -= 1;
      const error = { code: "STORAGE_ERROR", message: "The database is away." } as const;
      peer.send(errorFrame(action.requestId, error, 1));
      return true;
    };
    server.cut();
    server.messages = [stored("m0", "inbound", "from elsewhere")];
    await shows(conversation, "visitor sent: from elsewhere");
    expect(framesOf("get_conversation_messages")).toHaveLength(2);
  });

  it("can be stopped; what was said stays", async () => {
    await opens(conversation);
    await turnOf(conversation, "one");
    server.say("half an ans");
    await shows(conversation, "visitor sent: one", "agent running: half an ans");
    conversation.stop();
    await shows(conversation, "visitor sent: one", "agent cancelled: half an ans");
    expect(conversation.state.activeTurnId).toBeUndefined();
  });
});

describe("a question", () => {
  beforeEach(async () => {
    await opens(conversation);
    await turnOf(conversation, "refund");
    server.ask("t1");
    await until(conversation, (s) => s.transcript.at(-1)?.kind === "agent" && !!card(conversation));
  });

  it("is one part, answered once however often it is pressed", async () => {
    expect(lines(conversation.state)[1]).toBe("agent parked: [issue_refund awaiting]");
    expect(card(conversation)?.confirmation?.summary).toBe("Refund $20.00 on order 1234");
    conversation.decide("t1", true);
    conversation.decide("t1", true);
    conversation.decide("t1", false);
    expect(card(conversation)?.verdict).toEqual({ state: "sending", approved: true });
    await until(conversation, () => card(conversation)?.verdict?.state === "decided");
    expect(card(conversation)).toMatchObject({ status: "approved", verdict: { here: true } });
    server.returnTool("t1", "issue_refund", "done");
    server.say("Refunded.");
    server.finish();
    await ended(conversation);
    expect(lines(conversation.state)[1]).toBe("agent completed: [issue_refund succeeded]Refunded.");
    expect(card(conversation)).toMatchObject({
      result: "done",
      verdict: { state: "decided", approved: true, here: true },
    });
    expect(framesOf("confirm_tool_action")).toMatchObject([{ toolCallId: "t1", approved: true }]);
  });

  it("shows a refusal as denied", async () => {
    conversation.decide("t1", false, { reason: "Changed my mind." });
    await server.received((a) => a.action === "confirm_tool_action");
    server.returnTool("t1", "issue_refund", "The visitor declined.", true);
    server.finish();
    await ended(conversation);
    expect(card(conversation)).toMatchObject({
      status: "denied",
      verdict: { state: "decided", approved: false, here: true },
    });
  });

  it("is answered in another tab, which saw it too", async () => {
    const other = page();
    await opens(other);
    await shows(other, "visitor sent: refund", "agent parked: [issue_refund awaiting]");
    other.decide("t1", true);
    await until(conversation, () => card(conversation)?.verdict?.state === "decided");
    expect(card(conversation)?.verdict).toMatchObject({ approved: true, here: false });
    expect(lines(conversation.state)[1]).toBe("agent running: [issue_refund approved]");
    conversation.decide("t1", false);
    server.returnTool("t1", "issue_refund", "done");
    server.finish();
    await ended(conversation);
    expect(framesOf("confirm_tool_action")).toHaveLength(1);
  });

  it("may be tried again after a fault, and is gone when the server says so", async () => {
    const codes = ["STORAGE_ERROR", "NO_PENDING_CONFIRMATION"] as const;
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action") return false;
      const code = codes[framesOf("confirm_tool_action").length - 1]!;
      peer.send(errorFrame(action.requestId, { code, message: "Try again." }, 1));
      return true;
    };
    conversation.decide("t1", true);
    await until(conversation, () => card(conversation)?.verdictError !== undefined);
    expect(card(conversation)).toMatchObject({ status: "awaiting", verdictError: "Try again." });
    expect(card(conversation)?.verdict).toBeUndefined();
    conversation.decide("t1", true);
    expect(card(conversation)?.verdictError).toBeUndefined();
    await until(conversation, () => card(conversation)?.verdict?.state === "gone");
  });

  it("survives a drop with its verdict, whichever way the ack was lost", async () => {
    server.intercept = (action, peer) => {
      if (action.action !== "confirm_tool_action") return false;
      const turn = server.turn!;
      delete turn.pending;
      turn.status = "running";
      const decision = { approved: true, at: 7 };
      turn.items = turn.items.map((item) =>
        item.type === "tool" ? { ...item, status: "executing", decision } : item,
      );
      peer.cut();
      return true;
    };
    conversation.decide("t1", true);
    await until(conversation, () => card(conversation)?.verdict?.state === "decided");
    expect(card(conversation)?.verdict).toEqual({
      state: "decided",
      approved: true,
      at: 7,
      here: true,
    });
    server.finish();
    await ended(conversation);
    expect(card(conversation)?.verdict).toMatchObject({ state: "decided" });
  });

  it("is gone when its turn is stopped", async () => {
    conversation.stop();
    await until(conversation, (s) => s.activeTurnId === undefined);
    expect(card(conversation)?.verdict).toEqual({ state: "gone" });
  });
});

describe("history", () => {
  it("is loaded after a reload, in mid-answer too, without showing anything twice", async () => {
    await opens(conversation);
    await turnOf(conversation, "one");
    server.say("a");
    server.finish();
    await ended(conversation);
    await turnOf(conversation, "two");
    server.say("b");
    await until(conversation, (s) => s.transcript.length === 4);
    conversation.close();

    const reloaded = page();
    await opens(reloaded);
    await until(reloaded, (s) => s.transcript.length === 4);
    server.say("c");
    server.finish();
    await ended(reloaded);
    expect(lines(reloaded.state)).toEqual([
      "visitor sent: one",
      "agent completed: a",
      "visitor sent: two",
      "agent completed: bc",
    ]);

    const again = page();
    await opens(again);
    await until(again, (s) => s.transcript.length === 4);
    expect(lines(again.state)).toEqual(lines(reloaded.state));
  });

  it("is paged backwards", async () => {
    server.messages = Array.from({ length: 5 }, (_, n) =>
      stored(`m${n}`, n % 2 ? "outbound" : "inbound", `text ${n}`),
    );
    server.tokens.add("kept");
    await storage.set(
      `smooth-agent:${server.url}:a1`,
      JSON.stringify({ sessionId: "s1", sessionToken: "kept", expiresAt: 4_000_000_000_000 }),
    );
    const paged = page({ pageSize: 2 });
    await opens(paged);
    await until(paged, (s) => s.transcript.length === 2);
    expect(paged.state.history.hasMore).toBe(true);
    paged.loadOlder();
    paged.loadOlder();
    await until(paged, (s) => s.transcript.length === 4);
    paged.loadOlder();
    await until(paged, (s) => s.transcript.length === 5);
    expect(lines(paged.state).map((line) => line.at(-1))).toEqual(["0", "1", "2", "3", "4"]);
    expect(paged.state.history).toEqual({ loading: false, hasMore: false, cursor: null });
    const before = server.actions.length;
    paged.loadOlder();
    expect(server.actions).toHaveLength(before);
  });

  it("fills in what happened while the connection was away", async () => {
    await opens(conversation);
    await turnOf(conversation, "one");
    server.say("a");
    server.finish();
    await ended(conversation);
    const [, answer] = conversation.state.transcript;
    server.messages.push(
      stored("x1", "inbound", "elsewhere"),
      stored("x2", "outbound", "answered elsewhere"),
    );
    server.cut();
    await until(conversation, (s) => s.transcript.length === 4);
    expect(lines(conversation.state).slice(2)).toEqual([
      "visitor sent: elsewhere",
      "agent completed: answered elsewhere",
    ]);
    expect(conversation.state.transcript[1]).toBe(answer);
  });

  it("shows another tab's message and answer live", async () => {
    await opens(conversation);
    const other = page();
    await opens(other);
    await turnOf(other, "one");
    server.say("a");
    await shows(conversation, "visitor sent: one", "agent running: a");
    server.cut();
    server.say("b");
    server.finish();
    for (const each of [conversation, other]) {
      await shows(each, "visitor sent: one", "agent completed: ab");
    }
  });

  it("is lost honestly when the server knows the session no more", async () => {
    await opens(conversation);
    await turnOf(conversation, "one");
    server.finish();
    await ended(conversation);
    server.tokens.clear();
    server.messages = [];
    server.lastTurn = undefined;
    server.intercept = (action, peer) => {
      if (action.action !== "create_conversation_session") return false;
      const send = peer.send;
      peer.send = (event) => send(JSON.parse(JSON.stringify(event).replace('"c1"', '"c2"')));
      return false;
    };
    server.cut();
    conversation.send("two");
    await until(conversation, (s) => s.conversationId === "c2" && s.activeTurnId !== undefined);
    expect(lines(conversation.state)).toEqual(["visitor sent: two", "agent running: "]);
  });
});

function stored(id: string, direction: "inbound" | "outbound", text: string) {
  const content = { items: [{ type: "text" as const, text }], text };
  return { id, conversationId: "c1", direction, content, createdAt: "2026-01-01T00:00:00Z" };
}
