import { errorFrame } from "@smooth-agent/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryStore } from "../client/client.fixture.js";
import type { ClientOptions } from "../client/client.js";
import { startModelServer, type ModelServer } from "../client/model-server.fixture.js";
import type { ConversationOptions } from "./conversation.js";
import type { Conversation } from "./conversation-state.js";
import { lines, until } from "./conversation.fixture.js";
import { isUp, openPage, type Page } from "./page.fixture.js";

let server: ModelServer;
let storage: ReturnType<typeof memoryStore>;
const pages: Page[] = [];

beforeEach(async () => {
  server = await startModelServer();
  storage = memoryStore();
});

afterEach(async () => {
  vi.unstubAllGlobals();
  for (const page of pages.splice(0)) page.kill();
  await server.close();
});

function page(options: Partial<ClientOptions> & ConversationOptions = {}): Page {
  const fresh = openPage(server, storage, options);
  pages.push(fresh);
  return fresh;
}

const signed = (userId: string) => ({ userId, signature: "s", timestamp: 1 });
const shows = (c: Conversation, ...wanted: string[]) =>
  until(c, (state) => JSON.stringify(lines(state)) === JSON.stringify(wanted));
const stored = () => [...storage.content].map(([key, value]) => key + value).join("\n");
const away = () => {
  server.refusal = { status: 503, code: "UNAVAILABLE" };
  server.cut();
};
const sends = () => server.actions.filter(({ action }) => action === "send_message");

describe("a draft", () => {
  it("survives a reload, a while after it was written, and is gone once it was sent", async () => {
    const first = page({ draftMs: 1 });
    first.conversation.write("Where");
    expect(first.conversation.state.draft).toBe("Where");
    expect(stored(), "nothing before the chat is opened").toBe("");
    first.conversation.open();
    first.conversation.write("Where is it?");
    await expect.poll(stored).toContain("Where is it?");
    first.kill();

    const next = page();
    next.conversation.open();
    await until(next.conversation, ({ draft }) => draft === "Where is it?");
    next.conversation.send("Where is it? ");
    expect(next.conversation.state).not.toHaveProperty("draft");
    await expect.poll(stored).not.toContain("/draft");
    await shows(next.conversation, "visitor sent: Where is it? ", "agent running: ");
  });

  it("is kept before the page goes, and stays when something else is sent", async () => {
    const target = new EventTarget();
    vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
    vi.stubGlobal("removeEventListener", target.removeEventListener.bind(target));
    const { conversation, kill } = page({ draftMs: 60_000 });
    conversation.open();
    await isUp(conversation);
    conversation.write("half a sen");
    conversation.send("a starter");
    conversation.write("half a sentence");
    target.dispatchEvent(new Event("pagehide"));
    await expect.poll(stored).toContain("half a sentence");
    kill();
    const next = page();
    // What the visitor writes meanwhile goes before what was kept.
    next.conversation.write("new");
    next.conversation.open();
    await isUp(next.conversation);
    expect(next.conversation.state.draft).toBe("new");
  });

  it("is kept in part where it is very long, and when the chat is closed", async () => {
    const { conversation } = page();
    conversation.open();
    await isUp(conversation);
    conversation.write("x".repeat(100_000));
    conversation.close();
    await expect.poll(stored).toContain("/draft");
    expect(stored().length).toBeLessThan(21_000);
  });
});

describe("a message that was not accepted", () => {
  it("is shown as waiting after a reload, and goes once, under its own id", async () => {
    const first = page();
    first.conversation.open();
    await isUp(first.conversation);
    away();
    await until(first.conversation, (s) => s.connection.status !== "online");
    first.conversation.send("one");
    first.conversation.send("two");
    expect(first.conversation.state.transcript).toMatchObject([
      { text: "one", waitsFor: "connection" },
      { text: "two", waitsFor: "connection" },
    ]);
    const ids = first.conversation.state.transcript.map(({ id }) => id);
    await expect.poll(stored).toContain('"two"');
    first.kill();

    const { conversation } = page();
    conversation.open();
    await shows(conversation, "visitor waiting: one", "visitor waiting: two");
    conversation.send("three");
    expect(lines(conversation.state).at(-1)).toBe("visitor waiting: three");
    server.refusal = undefined;
    await until(conversation, (s) => s.activeTurnId !== undefined);
    expect(conversation.state.transcript.map(({ id }) => id).slice(0, 2)).toEqual([ids[0], ids[0]]);
    expect(stored()).not.toContain('"one"');
    server.say("1.");
    server.finish();
    await expect.poll(() => sends().length).toBe(2);
    expect(sends()).toMatchObject([{ requestId: ids[0] }, { requestId: ids[1] }]);
  });

  it("keeps its reason after a reload, and can be tried again or taken back", async () => {
    server.intercept = ({ action, requestId }, peer) => {
      if (action !== "send_message") return false;
      const error = { code: "RATE_LIMITED", message: "Too many.", retryable: true } as const;
      peer.send(errorFrame(requestId, error, 1));
      return true;
    };
    const first = page();
    first.conversation.open();
    first.conversation.send("one");
    first.conversation.send("two");
    await shows(first.conversation, "visitor refused: one", "visitor refused: two");
    await expect.poll(() => stored().split("RATE_LIMITED").length).toBe(3);
    first.kill();
    server.intercept = () => false;
    const { conversation } = page();
    conversation.open();
    const state = await shows(conversation, "visitor refused: one", "visitor refused: two");
    expect(state.transcript[1]).toMatchObject({ error: { code: "RATE_LIMITED" } });
    await isUp(conversation);
    expect(conversation.unsend(state.transcript[0]!.id)).toBe("one");
    conversation.retry(state.transcript[1]!.id);
    await shows(conversation, "visitor sent: two", "agent running: ");
    await expect.poll(stored).not.toContain("/out/");
    expect(conversation.unsend(state.transcript[1]!.id)).toBeUndefined();
  });

  it("is kept up to a number and a size, and never in place of an earlier one", async () => {
    const { conversation, kill } = page();
    away();
    conversation.open();
    for (let index = 0; index < 25; index++) conversation.send(`number ${index}.`);
    await expect.poll(() => stored().split("/out/").length).toBe(21);
    kill();
    const next = page().conversation;
    next.open();
    await until(next, ({ transcript }) => transcript.length === 20);
    expect(next.state.transcript[0]).toMatchObject({ text: "number 0." });
    expect(next.state.transcript[19]).toMatchObject({ text: "number 19." });
    next.forget();
    for (let index = 0; index < 5; index++) next.send("x".repeat(9_000));
    await expect.poll(() => stored().split("/out/").length).toBe(4);
  });

  it("is not believed where anybody wrote it", async () => {
    const first = page();
    first.conversation.open();
    await isUp(first.conversation);
    await expect.poll(stored).toContain("/session");
    const [session = ""] = storage.content.keys();
    const write = (name: string, value: unknown) =>
      storage.set(session.replace("session", name), JSON.stringify({ until: 4e12, value }));
    for (const [name, value] of [
      ["out/1", "text"],
      ["out/2", { text: 7, at: 1 }],
      ["out/3", { text: "no time" }],
      ["out/4", { text: "bad reason", at: 1, error: "x" }],
      [`out/${"x".repeat(300)}`, { text: "long id", at: 1 }],
      ["draft", { text: "none" }],
      ["out/good", { text: "good", at: 2 }],
    ] as const) {
      await write(name, value);
    }
    const { conversation } = page();
    conversation.open();
    await shows(conversation, "visitor sent: good", "agent running: ");
    expect(conversation.state).not.toHaveProperty("draft");
  });

  it("lives as long as the conversation where nothing is stored", async () => {
    const { conversation } = page({ storage: "none" });
    away();
    conversation.open();
    conversation.send("one");
    server.refusal = undefined;
    await shows(conversation, "visitor sent: one", "agent running: ");
    expect(storage.content.size).toBe(0);
  });
});

describe("a message that is sent during an answer", () => {
  it("waits for its end, in order, and may be taken back", async () => {
    const { conversation } = page({ whileBusy: "queue" });
    conversation.open();
    expect(conversation.state.whileBusy).toBe("queue");
    conversation.send("one");
    await until(conversation, (s) => s.activeTurnId !== undefined);
    for (const text of ["two", "three", "four"]) conversation.send(text);
    const queued = conversation.state.transcript.slice(2);
    expect(queued).toMatchObject(
      ["two", "three", "four"].map((text) => ({ text, delivery: "waiting", waitsFor: "answer" })),
    );
    expect(conversation.unsend(queued[1]!.id)).toBe("three");
    for (const text of ["two", "four"]) {
      server.say("Yes.");
      server.finish();
      await server.received((action) => "message" in action && action.message === text);
    }
    await until(conversation, (s) => s.transcript.length === 6);
    expect(sends()).toMatchObject([{ message: "one" }, { message: "two" }, { message: "four" }]);
    expect(JSON.stringify(conversation.state)).not.toContain("waitsFor");
  });

  it("declines nothing that is asked, by itself", async () => {
    const { conversation } = page({ whileBusy: "queue" });
    conversation.open();
    conversation.send("one");
    await server.received(() => server.turn !== undefined);
    server.ask("t1");
    await until(conversation, (s) => lines(s).join().includes("parked"));
    conversation.send("two");
    expect(conversation.state.transcript.at(-1)).toMatchObject({ waitsFor: "question" });
    server.cut();
    await server.received(({ action }) => action === "resume_session");
    await isUp(conversation);
    expect(conversation.state.transcript.at(-1)).toMatchObject({ waitsFor: "question" });
    expect(server.turn).toMatchObject({ status: "parked" });
    conversation.decide("t1", true);
    await until(conversation, (s) => lines(s).join().includes("running"));
    expect(conversation.state.transcript.at(-1)).toMatchObject({ waitsFor: "answer" });
    server.finish();
    await server.received((action) => "message" in action && action.message === "two");
    const verdicts = server.actions.filter(({ action }) => action === "confirm_tool_action");
    expect(verdicts).toMatchObject([{ approved: true }]);
  });

  it("goes after the answer was stopped, when the question is put anew", async () => {
    const { conversation } = page();
    conversation.open();
    expect(conversation.editLast()).toBeUndefined();
    conversation.send("Where is order 1?");
    await until(conversation, (s) => s.activeTurnId !== undefined);
    server.say("It is");
    await until(conversation, (s) => lines(s).join().includes("It is"));
    expect(conversation.editLast()).toBe("Where is order 1?");
    conversation.resend("Where is order 2?");
    await shows(
      conversation,
      "visitor sent: Where is order 1?",
      "agent cancelled: It is",
      "visitor sent: Where is order 2?",
      "agent running: ",
    );
    conversation.resend(" ");
    expect(server.turn).toBeDefined();
  });
});

describe("another visitor", () => {
  it("sees nothing of the former one's, here or after a reload", async () => {
    const { conversation, kill } = page({ authContext: signed("ada") });
    conversation.open();
    await isUp(conversation);
    conversation.send("ada's");
    await until(conversation, (s) => s.activeTurnId !== undefined);
    conversation.send("ada's second");
    conversation.write("ada's draft");
    const leaks: unknown[] = [];
    conversation.login(signed("bob"));
    expect(JSON.stringify(conversation.state)).not.toContain("ada");
    conversation.subscribe((state) => {
      if (JSON.stringify(state).includes("ada's")) leaks.push(state);
    });
    server.turn = undefined;
    server.messages = [];
    await isUp(conversation);
    expect(conversation.state.mayList).toBe(true);
    expect(leaks).toEqual([]);
    await expect.poll(stored).not.toContain("ada");
    conversation.login(signed("ada"));
    await isUp(conversation);
    expect(conversation.state.transcript).toEqual([]);
    kill();
    expect(sends()).toHaveLength(1);
  });

  it("takes the place of one who logs out, whose things are removed", async () => {
    const { conversation } = page({ authContext: signed("ada") });
    conversation.open();
    await isUp(conversation);
    away();
    conversation.send("ada's");
    await expect.poll(stored).toContain("ada's");
    conversation.logout();
    expect(lines(conversation.state)).toEqual([]);
    await expect.poll(stored).toBe("");
    server.refusal = undefined;
    const state = await isUp(conversation);
    expect(state).not.toHaveProperty("mayList");
    expect(sends()).toEqual([]);
  });

  it("is the same one who logs in during a conversation, with all that was said and written", async () => {
    const { conversation, kill } = page();
    conversation.open();
    await isUp(conversation);
    conversation.send("one");
    await until(conversation, (s) => s.activeTurnId !== undefined);
    conversation.send("two");
    conversation.write("draft");
    conversation.login(signed("ada"));
    await until(conversation, ({ mayList }) => mayList === true);
    await isUp(conversation);
    expect(lines(conversation.state)).toContain("visitor waiting: two");
    conversation.close();
    await expect.poll(stored).toContain("/+ada/draft");
    expect(stored()).not.toContain("/-/");
    kill();
    const next = page({ authContext: signed("ada") }).conversation;
    next.open();
    await until(next, (s) => s.draft === "draft" && lines(s).includes("visitor waiting: two"));
  });

  it("begins anew where all is forgotten, and nowhere where nothing was open", async () => {
    const { conversation } = page();
    conversation.forget();
    conversation.logout();
    conversation.login(undefined);
    expect(conversation.state.connection.status).not.toBe("connecting");
    expect(server.counts.upgrades).toBe(0);
    conversation.open();
    conversation.send("one");
    await until(conversation, (s) => s.activeTurnId !== undefined);
    server.turn = undefined;
    conversation.forget();
    expect(lines(conversation.state)).toEqual([]);
    await isUp(conversation);
    expect(server.actions.filter(({ action }) => action === "resume_session")).toEqual([]);
  });
});

describe("other conversations", () => {
  it("are listed for a visitor whom the host vouches for, and for nobody else", async () => {
    const anonymous = page().conversation;
    anonymous.open();
    await isUp(anonymous);
    anonymous.list();
    expect(anonymous.state).not.toHaveProperty("conversations");
    const { conversation } = page({ authContext: signed("ada") });
    conversation.open();
    await isUp(conversation);
    conversation.list();
    expect(conversation.state.conversations).toEqual({ loading: true, failed: false, items: [] });
    await until(conversation, (s) => s.conversations?.loading === false);
    const items = [{ conversationId: "c1", title: "Hello" }];
    expect(conversation.state.conversations).toMatchObject({ failed: false, items });
    server.intercept = ({ action, requestId }, peer) => {
      if (action !== "list_conversations") return false;
      peer.send(errorFrame(requestId, { code: "STORAGE_ERROR", message: "No." }, 1));
      return true;
    };
    conversation.list();
    await until(conversation, (s) => s.conversations?.failed === true);
    expect(conversation.state.conversations).toMatchObject({ loading: false, items });
  });

  it("begin with nothing but the draft, and leave what goes on alone", async () => {
    const { conversation } = page({ authContext: signed("ada"), whileBusy: "queue" });
    conversation.open();
    await isUp(conversation);
    conversation.send("one");
    await until(conversation, (s) => s.activeTurnId !== undefined);
    conversation.send("two");
    conversation.write("draft");
    const { turn } = server;
    server.turn = undefined;
    conversation.startNew();
    const { agent, draft, transcript, whileBusy } = conversation.state;
    expect({ agent: agent?.name, draft, transcript, whileBusy }).toEqual({
      agent: "Ada",
      draft: "draft",
      transcript: [],
      whileBusy: "queue",
    });
    await isUp(conversation);
    expect(conversation.state.transcript).toEqual([]);
    await expect.poll(stored).not.toContain("/out/");
    expect(server.actions.map(({ action }) => action)).not.toContain("cancel");
    expect(sends()).toHaveLength(1);

    server.turn = turn;
    conversation.continue("c1");
    expect(conversation.state.conversationId, "it is the one that is shown").toBe("c1");
    conversation.startNew();
    conversation.continue("c1");
    await shows(conversation, "visitor sent: one", "agent running: ");
    expect(server.actions.at(-2)).toMatchObject({ conversationId: "c1" });
  });
});
