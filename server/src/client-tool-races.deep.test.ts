import { signAuthContext } from "./auth/auth-context.js";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  ask,
  called,
  callId,
  callIn,
  NAVIGATE,
  openPage,
  storedCall,
  submission,
  TO_CART,
  told,
  type Page,
} from "./client-page.fixture.js";
import { at, outlines, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  SECRET,
  UNHURRIED,
} from "./running-server.fixture.js";

const NO_PAGE = "No page is open that could do this. Nothing was run.";
const UNKNOWN = "The outcome is unknown";
const declared = { clientTools: [NAVIGATE] };

/** A claim whose page has left is soon over, and other tabs come soon. */
const QUICK = { clientToolHeadStartMs: 20, clientToolMs: 3_000, clientToolGoneMs: 200 };
const PATIENCE = { timeout: 8_000, interval: 5 };
const isEnd = ({ type }: Frame) => type === "eventual_response";

/** Another tab of the same session. */
async function tab({ server, ...session }: Page): Promise<CoreClient> {
  return (await resumed(server, session, declared)).client;
}

const callsIn = (clients: readonly CoreClient[]): Frame[] =>
  clients.flatMap(({ frames }) => frames.filter(({ type }) => type === "client_tool_call"));

describe("of several tabs", () => {
  it("exactly one is called, whichever starts, comes or goes", { timeout: 120_000 }, async () => {
    const page = await openPage({ limits: { ...UNHURRIED, ...QUICK } });
    const { server } = page;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 2 }),
        async (earlier, starter, starterCloses, later) => {
          server.model.script(calls(TO_CART), says("Done."));
          const session = { server, ...(await openSession(server, declared)) };
          const { sessionId } = session;
          const tabs = [session.client];
          for (let n = 0; n < earlier; n += 1) tabs.push(await tab(session));
          const first = tabs[starter % tabs.length] as CoreClient;
          first.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
          await first.next();
          const coming = Array.from({ length: later }, () => tab(session));
          if (starterCloses) await first.close();
          tabs.push(...(await Promise.all(coming)));
          const rest = tabs.filter((client) => client !== first || !starterCloses);
          if (rest.length === 0) rest.push(await tab(session));
          const everybody = [...new Set([...tabs, ...rest])];
          const isOver = () => rest.every(({ frames }) => frames.some(isEnd));
          await vi.waitUntil(() => callsIn(everybody).length > 0 || isOver(), PATIENCE);
          const [call] = callsIn(everybody);
          if (call) rest[0]?.send(submission(sessionId, callId(call)));
          await vi.waitUntil(isOver, PATIENCE);
          for (const client of rest) await client.close();
          expect(callsIn(everybody)).toHaveLength(call ? 1 : 0);
          // Who left at the moment of its call took it along: nobody else may run it.
          if (!call) expect(starterCloses).toBe(true);
          const opened = '{"from":"page","result":"opened"}';
          expect(told(server)).toContain(call ? opened : UNKNOWN);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("the one that started the turn is called, the others only see it", async () => {
    const page = await openPage();
    const other = await tab(page);
    const call = await called(page);
    const chunk = await other.next();
    expect(outlines([chunk])).toEqual(["call client_navigate"]);
    page.client.send(submission(page.sessionId, callId(call)));
    expect(outlines(await other.rest())).toEqual([
      "result client_navigate",
      '"Done."',
      "r eventual_response",
    ]);
  });

  it("another one is called when the one that started the turn has no such tool", async () => {
    const page = await openPage();
    const bare = (await resumed(page.server, page)).client;
    ask({ client: bare, sessionId: page.sessionId });
    await callIn(page.client);
    expect(callsIn([bare])).toEqual([]);
  });

  it("no tab of another session of the conversation is called, nor may it answer", async () => {
    const page = await openPage();
    const stranger = await openSession(page.server, declared);
    const call = await called(page);
    const { client, sessionId } = stranger;
    const unknown = await client.ask(submission(sessionId, "00000000-0000-4000-8000-000000000000"));
    for (const answer of [
      await client.ask(submission(sessionId, callId(call))),
      await client.ask(submission(page.sessionId, callId(call))),
      await client.ask(submission(sessionId, callId(call), { isError: true })),
    ]) {
      expect(answer.text).toBe(unknown.text);
    }
    page.client.send(submission(page.sessionId, callId(call)));
    await page.client.rest();
    expect(told(page.server)).toBe('{"from":"page","result":"opened"}');
    const again = await page.client.ask(submission(page.sessionId, callId(call)));
    expect(again.text, "a second one is none").toBe(unknown.text);
  });
});

describe("another session of the same conversation", () => {
  it("is neither called nor heard: the page of the turn's own session is", async () => {
    const vouched = () => ({
      authContext: signAuthContext({ userId: "customer-17", secret: SECRET }),
    });
    const page = await openPage({}, vouched());
    const { conversationId, server } = page;
    const phone = await openSession(server, { ...declared, conversationId, ...vouched() });
    expect(phone.conversationId).toBe(conversationId);
    const call = await called(page);
    const [chunk] = await phone.client.until("stream_chunk");
    expect(chunk && outlines([chunk])).toEqual(["call client_navigate"]);
    const refused = await phone.client.ask(submission(phone.sessionId, callId(call)));
    expect(at(refused, "error.code")).toBe("NO_PENDING_INTERACTION");
    page.client.send(submission(page.sessionId, callId(call)));
    await page.client.rest();
    await phone.client.rest();
    expect(callsIn([phone.client])).toEqual([]);
    expect(told(server)).toBe('{"from":"page","result":"opened"}');
  });
});

describe("a page that comes later", () => {
  it("is called after its answer, and the snapshot says that the call executes", async () => {
    const page = await openPage({}, { clientTools: [] });
    const bare = page.client;
    await resumed(page.server, page, declared).then(({ client }) => client.close());
    ask(page);
    await bare.until("stream_chunk");
    const { client, answer } = await resumed(page.server, page, declared);
    const turn = at(answer, "data.activeTurn") as Record<string, unknown>;
    expect(turn).toMatchObject({
      status: "parked",
      items: [{ type: "tool", status: "executing" }],
    });
    expect(turn).not.toHaveProperty("pending");
    const call = await client.next();
    expect(call.type).toBe("client_tool_call");
    client.send(submission(page.sessionId, callId(call)));
    await client.rest();
    expect(told(page.server)).toBe('{"from":"page","result":"opened"}');
  });

  it("is not called for what another one has", async () => {
    const page = await openPage();
    await called(page);
    const other = await tab(page);
    await other.quiet(page.sessionId);
    expect(callsIn([other])).toEqual([]);
  });
});

describe("the time of a page", () => {
  it("that is nowhere: the model is told that nothing was run", async () => {
    const page = await openPage({ limits: { clientToolOfferMs: 200 } }, { clientTools: [] });
    await resumed(page.server, page, declared).then(({ client }) => client.close());
    ask(page);
    expect(outlines(await page.client.rest())).toEqual([
      "r: Processing your request...",
      "call client_navigate",
      "failure client_navigate",
      '"Done."',
      "r eventual_response",
    ]);
    expect(told(page.server)).toContain(NO_PAGE);
    expect(await storedCall(page.client, page.sessionId)).toMatchObject({ status: "failed" });
  });

  it("that says nothing: the outcome is unknown, and what it says then is late", async () => {
    const page = await openPage({ limits: { clientToolMs: 200 } });
    const call = await called(page);
    await page.client.rest();
    expect(told(page.server)).toContain(UNKNOWN);
    const late = await page.client.ask(submission(page.sessionId, callId(call)));
    expect(at(late, "error.code")).toBe("NO_PENDING_INTERACTION");
    expect(await storedCall(page.client, page.sessionId)).toMatchObject({ status: "unknown" });
  });

  it("that was closed for good is shorter", async () => {
    const page = await openPage({ limits: { clientToolGoneMs: 200 } });
    const watcher = (await resumed(page.server, page)).client;
    await called(page);
    await page.client.close();
    expect(outlines(await watcher.rest())).toContain("failure client_navigate");
    expect(told(page.server)).toContain(UNKNOWN);
  });

  it("that comes back on another connection is whole, and what it says counts", async () => {
    const page = await openPage({ limits: { clientToolGoneMs: 1_500 } });
    const call = await called(page);
    page.client.socket.terminate();
    await page.client.closed;
    const client = await tab(page);
    await client.quiet(page.sessionId);
    const waits = await new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(true), 2_000);
      void client.next().then(
        () => resolve(false),
        () => clearTimeout(late),
      );
    });
    expect(waits, "longer than one that has gone").toBe(true);
    client.send(submission(page.sessionId, callId(call)));
    await vi.waitUntil(() => client.frames.some(isEnd), PATIENCE);
    expect(told(page.server)).toBe('{"from":"page","result":"opened"}');
    expect(callsIn([client]), "it is not run again").toEqual([]);
  });

  it("that nobody follows any more costs no model call", async () => {
    const limits = { clientToolOfferMs: 300, clientToolMs: 300, clientToolGoneMs: 100 };
    const page = await openPage({ limits });
    await called(page);
    await page.client.close();
    const back = await vi.waitUntil(
      async () => {
        const { client, answer } = await resumed(page.server, page);
        if (at(answer, "data.lastTurn") !== null) return { client, answer };
        await client.close();
        return undefined;
      },
      { timeout: 8_000, interval: 500 },
    );
    expect(page.server.model.requests).toHaveLength(1);
    page.server.model.script(says("Hm."));
    ask({ client: back.client, sessionId: page.sessionId }, "next");
    await back.client.rest();
    expect(told(page.server)).toContain(UNKNOWN);
  });
});

describe("a cancel while the page runs", () => {
  it("ends the turn, and what the page says then is kept for the next one", async () => {
    const page = await openPage();
    const { client, sessionId, server } = page;
    const call = await called(page);
    client.send({ action: "cancel", requestId: "r", sessionId });
    expect(outlines(await client.rest())).toEqual(["r cancelled"]);
    const ack = await client.ask(submission(sessionId, callId(call)));
    expect(outlines([ack])).toEqual(["s: Tool result accepted"]);
    await client.quiet(sessionId);
    expect(server.model.requests).toHaveLength(1);
    const again = await client.ask(submission(sessionId, callId(call)));
    expect(at(again, "error.code")).toBe("NO_PENDING_INTERACTION");
    server.model.script(says("Hm."));
    ask(page, "next");
    await client.rest();
    expect(told(server)).toBe('{"from":"page","result":"opened"}');
  });

  it("before any page has it tells the next turn that it was not run", async () => {
    const page = await openPage({}, { clientTools: [] });
    const { client, sessionId, server } = page;
    await resumed(server, page, declared).then((other) => other.client.close());
    ask(page);
    await client.until("stream_chunk");
    client.send({ action: "cancel", requestId: "r", sessionId });
    await client.rest();
    const other = await tab(page);
    await other.quiet(sessionId);
    server.model.script(says("Hm."));
    ask(page, "next");
    await client.rest();
    expect(told(server)).toBe("The call was not run: the answer ended before.");
  });
});

describe("a restart of the server", () => {
  it("leaves a call where it is: what the page says after it came back counts", async () => {
    const page = await openPage({ limits: { clientToolGoneMs: 1 } });
    const call = await called(page);
    await page.server.stop();
    const model = ({ script }: { script: (typeof page.server.model)["script"] }) =>
      script(says("Done."));
    const server = await runningServer({ file: page.server.file, model, limits: { sweepMs: 20 } });
    const { client, answer } = await resumed(server, page, declared);
    expect(at(answer, "data.activeTurn.status")).toBe("parked");
    client.send(submission(page.sessionId, callId(call)));
    expect(outlines(await client.rest())).toEqual([
      "s: Tool result accepted",
      "result client_navigate",
      '"Done."',
      "r eventual_response",
    ]);
    expect(told(server)).toBe('{"from":"page","result":"opened"}');
  });

  it("does not have an unclaimed call forgotten: the page that comes is called", async () => {
    const page = await openPage({}, { clientTools: [] });
    await resumed(page.server, page, declared).then(({ client }) => client.close());
    ask(page);
    await page.client.until("stream_chunk");
    await page.server.stop();
    const server = await runningServer({ file: page.server.file, limits: { sweepMs: 20 } });
    const { client } = await resumed(server, page, declared);
    expect((await client.next()).type).toBe("client_tool_call");
  });
});
