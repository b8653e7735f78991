import fc from "fast-check";
import { immediateResponse } from "@smooth-agent/protocol";
import { expect, it } from "vitest";
import { memoryStore } from "../client/client.fixture.js";
import { startModelServer } from "../client/model-server.fixture.js";
import { until } from "./conversation.fixture.js";
import { openPage } from "./page.fixture.js";

const USERS = ["ada", "bob", undefined] as const;
type User = (typeof USERS)[number];

const step = fc.record({
  what: fc.constantFrom("login", "send", "write", "reload", "cut"),
  user: fc.constantFrom(...USERS),
  ticks: fc.nat(8),
});

const wordOf = (user: User) => user && { userId: user, signature: "s", timestamp: 1 };

it("shows, keeps and sends nothing of one visitor's as another one, whatever happens between", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), plays), {
    numRuns: 60,
    plugins: [fc.timeout(5_000)],
    endOnFailure: true,
  });
}, 120_000);

async function plays(steps: { what: string; user: User; ticks: number }[]): Promise<void> {
  const server = await startModelServer();
  const storage = memoryStore();
  /** Whose each thing is that was written: that of nobody becomes theirs who logs in. */
  const written = new Map<string, User>();
  /** For whom each session is. */
  const sessions = new Map<string, User>();
  let made = 0;
  const wrong: unknown[] = [];
  server.intercept = (action, peer) => {
    const { requestId } = action;
    if (action.action === "create_conversation_session") {
      sessions.set(`s${(made += 1)}`, (action.authContext as { userId: User } | undefined)?.userId);
    }
    if (action.action === "set_auth_context") {
      sessions.set(action.sessionId, (action.authContext as { userId: User }).userId);
    }
    if (action.action === "send_message") {
      const owner = written.get(action.message);
      const user = sessions.get(action.sessionId);
      // What nobody wrote may be on its way when it becomes a visitor's.
      if (owner !== user && user !== undefined) wrong.push({ sent: action.message, user });
    }
    if (action.action !== "get_conversation_messages") return false;
    // The one conversation of this server is everybody's: what was said in it is not told.
    const page = { conversationId: "c1", messages: [], nextCursor: null, hasMore: false };
    peer.send(immediateResponse(requestId, 200, "ConversationMessages", page, 1));
    return true;
  };
  let user: User;
  const open = () => {
    const fresh = openPage(server, storage, { authContext: wordOf(user) });
    fresh.conversation.open();
    fresh.conversation.subscribe(look);
    return fresh;
  };
  const look = () => {
    const shown = JSON.stringify(page.conversation.state);
    for (const [text, owner] of written) {
      if (owner !== user && shown.includes(text)) wrong.push({ shown: text, user });
    }
  };
  let page = open();
  try {
    for (const { what, user: next, ticks } of steps) {
      if (what === "send" || what === "write") {
        const text = `<${written.size}>`;
        written.set(text, user);
        if (what === "send") page.conversation.send(text);
        else page.conversation.write(text);
      }
      if (what === "login" && next !== user) {
        const before = user;
        const { conversation } = page;
        if (before === undefined)
          await until(conversation, (s) => s.connection.status === "online");
        user = next;
        if (before === undefined) {
          for (const [text, owner] of written) if (owner === undefined) written.set(text, user);
        }
        server.turn = server.lastTurn = undefined;
        if (next === undefined) conversation.logout();
        else conversation.login(wordOf(next));
        look();
        if (before === undefined) await until(conversation, ({ mayList }) => mayList === true);
        // What is kept follows before the page can end.
        await new Promise(setImmediate);
      }
      if (what === "reload") {
        await new Promise(setImmediate);
        page.kill();
        page = open();
      }
      if (what === "cut") server.cut();
      for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
      for (const [key, value] of storage.content) {
        const keptFor = USERS.find((each) => key.includes(`/+${each}/`));
        for (const [text, owner] of written) {
          if (owner !== keptFor && value.includes(text)) wrong.push({ kept: text, key });
        }
      }
    }
    expect(wrong).toEqual([]);
  } finally {
    page.kill();
    await server.close();
  }
}
