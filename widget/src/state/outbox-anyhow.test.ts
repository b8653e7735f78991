import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryStore } from "../client/client.fixture.js";
import { startModelServer } from "../client/model-server.fixture.js";
import { until } from "./conversation.fixture.js";
import type { ConversationState } from "./conversation-state.js";
import { openPage, type Page } from "./page.fixture.js";

/** What may happen to a visitor with two tabs, `ticks` of the event loop before the next thing. */
const STEPS = ["send", "reload", "cut", "lose ack", "away", "back", "answer"] as const;

const step = fc.record({
  what: fc.constantFrom(...STEPS),
  tab: fc.constantFrom(0, 1),
  ticks: fc.nat(12),
});

it("sends each message once and in order, whatever happens between", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), plays), {
    numRuns: 80,
    plugins: [fc.timeout(5_000)],
    endOnFailure: true,
  });
}, 120_000);

async function plays(steps: { what: (typeof STEPS)[number]; tab: number; ticks: number }[]) {
  const server = await startModelServer();
  const storage = memoryStore();
  const open = () => {
    const page = openPage(server, storage);
    page.conversation.open();
    return page;
  };
  const first = open();
  // The server of this test has one conversation, which is not new to who begins it a second time.
  await expect.poll(() => [...storage.content.keys()].join()).toContain("/session");
  const tabs: [Page, Page] = [first, open()];
  const written: string[][] = [[], []];
  let losesAck = false;
  server.intercept = ({ action }, peer) => {
    if (action === "send_message" && losesAck) {
      losesAck = false;
      peer.cut();
    }
    return false;
  };
  const answer = () => {
    server.say("Yes.");
    server.finish();
  };
  const inbound = () =>
    server.messages.flatMap(({ direction, content }) =>
      direction === "inbound" ? content.text : [],
    );
  try {
    for (const { what, tab, ticks } of steps) {
      if (what === "send") {
        const text = `${tab}: ${written.flat().length}`;
        written[tab]?.push(text);
        tabs[tab]?.conversation.send(text);
      }
      if (what === "reload") {
        // A page ends between two tasks: what it was asked to do just now has been done.
        await new Promise(setImmediate);
        tabs[tab]?.kill();
        tabs[tab] = open();
      }
      if (what === "cut") server.cut();
      if (what === "lose ack") losesAck = true;
      if (what === "away") {
        server.refusal = { status: 503, code: "UNAVAILABLE" };
        server.cut();
      }
      if (what === "back") server.refusal = undefined;
      if (what === "answer" && server.turn) answer();
      for (let tick = 0; tick < ticks; tick++) await new Promise(setImmediate);
    }
    server.refusal = undefined;
    const all = written.flat();
    while (inbound().length < all.length || server.turn) {
      if (server.turn) answer();
      else await server.received(() => server.turn !== undefined);
    }
    for (const { conversation } of tabs) await until(conversation, (state) => shows(state, all));
    expect(inbound().toSorted()).toEqual(all.toSorted());
    for (const [tab, texts] of written.entries()) {
      expect(inbound().filter((text) => text.startsWith(`${tab}:`))).toEqual(texts);
    }
    await expect.poll(() => [...storage.content.keys()].join()).not.toContain("/out/");
  } finally {
    for (const { conversation } of tabs) conversation.close();
    await server.close();
  }
}

/** Each message once, none of them waiting. */
function shows(
  { transcript, connection, activeTurnId }: ConversationState,
  all: string[],
): boolean {
  const mine = transcript.flatMap((entry) => (entry.kind === "visitor" ? entry : []));
  return (
    connection.status === "online" &&
    activeTurnId === undefined &&
    mine.every(({ delivery }) => delivery === "sent") &&
    JSON.stringify(mine.map(({ text }) => text).toSorted()) === JSON.stringify(all.toSorted())
  );
}
