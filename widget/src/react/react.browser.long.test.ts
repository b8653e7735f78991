import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startModelServer, type ModelServer } from "../client/model-server.fixture.js";
import { startReactPages, type ReactPages } from "./page.fixture.js";

let pages: ReactPages;
let server: ModelServer;
let page: Page & { faults: string[] };

beforeAll(async () => {
  pages = await startReactPages();
});
afterAll(() => pages.close());

beforeEach(async () => {
  server = await startModelServer();
  page = await pages.open();
});
afterEach(async () => {
  const { faults } = page;
  await page.close();
  await server.close();
  if (faults.length > 0) throw new Error(faults.join("\n"));
});

const framesOf = (name: string) => server.actions.filter(({ action }) => action === name);
const online = () => page.locator("main[data-status=online]").waitFor({ state: "attached" });
const sockets = () => expect.poll(() => server.peers.size);

/** The text of the agent's answers in every render, each change once. */
const answers = () =>
  page.evaluate(() => {
    const texts = app.renders.map(({ transcript }) =>
      transcript
        .flatMap((entry) => (entry.kind === "agent" ? entry.parts : []))
        .map((part) => (part.type === "text" ? part.text : ""))
        .join(""),
    );
    return texts.filter((text, index) => text !== texts[index - 1]);
  });

async function show(options: { agentId?: string; authContext?: object } = {}): Promise<void> {
  const given = { endpoint: server.url, agentId: "a1", ...options };
  await page.evaluate((each) => app.showHook(each), given);
}

async function ask(text: string): Promise<void> {
  const before = framesOf("send_message").length;
  await page.evaluate((each) => app.handle?.conversation.send(each), text);
  await server.received(() => framesOf("send_message").length > before);
}

describe("useConversation", () => {
  it("opens one socket and one session under StrictMode, and leaves none behind", async () => {
    await show();
    await online();
    expect(server.counts.upgrades).toBe(1);
    expect(framesOf("create_conversation_session")).toHaveLength(1);
    await page.evaluate(() => app.unmount());
    await sockets().toBe(0);
    await show();
    await online();
    expect(server.counts.upgrades).toBe(2);
    expect(framesOf("resume_session")).toHaveLength(1);
  });

  it("opens nothing for what is gone at once", async () => {
    await page.evaluate((given) => app.flashHook(given), { endpoint: server.url, agentId: "a1" });
    await show();
    await online();
    await sockets().toBe(1);
    expect(server.counts.upgrades).toBe(1);
  });

  it("shows every token as it comes, long before the end", async () => {
    await show();
    await online();
    await ask("hello");
    // Each is shown before the next one is said, and the end is withheld.
    for (const text of ["One", "One, two", "One, two, three"]) {
      server.say(text.split(/(?=, )/).at(-1)!);
      await page.getByText(text, { exact: true }).waitFor();
    }
    expect(await answers()).toEqual(["", "One", "One, two", "One, two, three"]);
    server.finish();
    await page.waitForFunction(() => app.handle?.state.activeTurnId === undefined);
    expect((await answers()).at(-1)).toBe("One, two, three");
  });

  it("goes on through every render with the same options, and with a function for the endpoint", async () => {
    await page.evaluate((url) => {
      for (let i = 0; i < 5; i++) app.showHook({ endpoint: () => url, agentId: "a1" });
    }, server.url);
    await online();
    const before = await page.evaluate(() => {
      Object.assign(globalThis, { former: app.handle?.conversation });
      return app.renders.length;
    });
    // The function of the last render is asked when the connection is made anew.
    await page.evaluate((url) => {
      app.showHook({
        endpoint: () => {
          Object.assign(globalThis, { asked: true });
          return url;
        },
        agentId: "a1",
      });
    }, server.url);
    await page.waitForFunction((length) => app.renders.length > length, before);
    server.cut();
    await server.received(({ action }) => action === "resume_session");
    await online();
    expect(await page.evaluate(() => Reflect.get(globalThis, "asked"))).toBe(true);
    expect(
      await page.evaluate(() => app.handle?.conversation === Reflect.get(globalThis, "former")),
    ).toBe(true);
    expect(framesOf("create_conversation_session")).toHaveLength(1);
  });

  it("begins another conversation for another agent, and closes the former one", async () => {
    await show();
    await online();
    await ask("secret");
    await show({ agentId: "a2" });
    await server.received((each) => "agentId" in each && each.agentId === "a2");
    await online();
    await sockets().toBe(1);
    expect(await page.getByText("secret").count()).toBe(0);
  });

  it("goes on when the same visitor's word is renewed", async () => {
    await show({ authContext: { userId: "ada", signature: "1" } });
    await online();
    await ask("mine");
    await show({ authContext: { userId: "ada", signature: "2" } });
    server.say("Still here.");
    await page.getByText("Still here.").waitFor();
    expect(server.counts.upgrades).toBe(1);
    // The socket lives on with a token that is newer than what it began with.
    server.cut();
    await server.received(({ action }) => action === "resume_session");
    await online();
    expect(framesOf("create_conversation_session")).toHaveLength(1);
  });

  it("paints nothing of a visitor's once another one is named", async () => {
    await show({ authContext: { userId: "ada" } });
    await online();
    await ask("mine");
    await page.getByText("mine").waitFor();
    const before = await page.evaluate(() => app.renders.length);
    server.turn = undefined;
    await show({ authContext: { userId: "eve" } });
    await server.received(() => framesOf("create_conversation_session").length === 2);
    expect(framesOf("create_conversation_session")[1]).toMatchObject({
      authContext: { userId: "eve" },
    });
    await online();
    await sockets().toBe(1);
    expect(await page.getByText("mine").count()).toBe(0);
    // Of the renders since, only the one that was given up before it was painted knew it.
    const leaks = await page.evaluate((from) => {
      const after = app.renders.slice(from).map(({ transcript }) => JSON.stringify(transcript));
      return after.findLastIndex((text) => text.includes("mine"));
    }, before);
    expect(leaks).toBeLessThanOrEqual(1);
  });

  it("asks another function for the visitor, and goes on when it names the same one", async () => {
    await page.evaluate((url) => {
      const word = (userId: string) => () => Promise.resolve({ userId });
      app.showHook({ endpoint: url, agentId: "a1", authContext: word("ada") });
    }, server.url);
    await online();
    await page.evaluate((url) => {
      const word = () => Promise.resolve({ userId: "ada" });
      app.showHook({ endpoint: url, agentId: "a1", authContext: word });
    }, server.url);
    await ask("still mine");
    expect(server.counts.upgrades).toBe(1);
    await page.evaluate((url) => {
      const word = () => Promise.resolve({ userId: "eve" });
      app.showHook({ endpoint: url, agentId: "a1", authContext: word });
    }, server.url);
    await server.received(() => framesOf("create_conversation_session").length === 2);
    await online();
    expect(await page.getByText("still mine").count()).toBe(0);
  });
});

describe("SmoothAgent", () => {
  const element = () => page.locator("smooth-agent");

  it("gives the element its properties and hears its events, with the handlers of now", async () => {
    const given = { endpoint: server.url, agentId: "a1", className: "chat", userName: "Ada" };
    await page.evaluate((props) => app.showElement(props), given);
    await page.getByRole("button", { name: "Open the chat" }).waitFor();
    expect(server.counts.upgrades).toBe(0);
    expect(await element().getAttribute("class")).toBe("chat");
    await page.evaluate((props) => app.showElement({ ...props, open: true }, "second"), given);
    const created = await server.received(({ action }) => action === "create_conversation_session");
    expect(created).toMatchObject({ userName: "Ada" });
    await page.getByText("Online").waitFor();
    await page.evaluate(() => app.element?.send("hello"));
    await server.received(({ action }) => action === "send_message");
    server.say("Hi.");
    await element().getByText("Hi.").waitFor();
    server.finish();
    await page.waitForFunction(() => app.heard.length === 2);
    expect(await page.evaluate(() => app.heard)).toEqual([
      "second smooth-agent-open",
      "second smooth-agent-turn-end completed",
    ]);
    expect(server.counts.upgrades).toBe(1);
    await page.evaluate(() => app.unmount());
    await sockets().toBe(0);
  });

  it("leaves what the visitor does to the panel alone until the host says otherwise", async () => {
    const given = { endpoint: server.url, agentId: "a1", open: true };
    await page.evaluate((props) => app.showElement(props), given);
    await page.getByText("Online").waitFor();
    await page.evaluate(() => app.element?.close());
    await page.evaluate((props) => app.showElement({ ...props, theme: "dark" }), given);
    await page.locator("smooth-agent[theme=dark]").waitFor({ state: "attached" });
    expect(await page.evaluate(() => app.element?.opened)).toBe(false);
    await page.evaluate((props) => app.showElement(props), given);
    await page.locator("smooth-agent[theme=auto]").waitFor({ state: "attached" });
  });
});
