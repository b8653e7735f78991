import { difference, watchMainThread } from "./main-thread.mjs";

/** How a transcript of 5,000 messages opens, takes an answer and scrolls, beside as many plain paragraphs. */
export async function longTranscript({ browser, server, rounds, median }) {
  const all = { short: [], long: [], list: [] };
  for (let round = 0; round < rounds; round += 1) {
    all.list.push(await listed(browser, server));
    all.short.push(await talked(browser, server, 10));
    all.long.push(await talked(browser, server, 5_000));
  }
  const names = { list: "5,000 plain paragraphs", short: "10 messages", long: "5,000 messages" };
  return Object.fromEntries(
    Object.entries(all).map(([key, runs]) => [
      names[key],
      Object.fromEntries(
        Object.keys(runs[0]).map((field) => [
          field,
          Number(median(runs.map((run) => run[field])).toFixed(2)),
        ]),
      ),
    ]),
  );
}

async function listed(browser, server) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 760 } });
  const page = await context.newPage();
  await page.goto(`${server.origin}/list`);
  const frames = await scrolled(page, "#box");
  await context.close();
  return frames;
}

async function talked(browser, server, count) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 760 } });
  const page = await context.newPage();
  await page.goto(`${server.origin}/widget`);
  const thread = await watchMainThread(page);
  const before = await thread.read();
  await page.evaluate(play, count);
  await page.locator("smooth-agent [part=agent-message]").last().waitFor();
  await page.waitForTimeout(1_000);
  const opened = difference(await thread.read(), before);
  const quiet = await thread.read();
  await page.evaluate(grow);
  const grown = difference(await thread.read(), quiet);
  const frames = await scrolled(page, ".scroller");
  await context.close();
  return { "open ms": opened.task, "per token ms": grown.task / 100, ...frames };
}

/** Scrolls to the beginning, a screen in about ten frames. */
async function scrolled(page, selector) {
  await page.waitForTimeout(500);
  const thread = await watchMainThread(page);
  const before = await thread.read();
  const times = await page.evaluate(async (selector) => {
    const root = document.querySelector("smooth-agent")?.shadowRoot ?? document;
    const scroller = root.querySelector(selector);
    const times = [];
    for (let step = 0; step < 300 && scroller.scrollTop > 0; step += 1) {
      scroller.scrollTop -= 60;
      times.push(await new Promise(requestAnimationFrame));
    }
    return times;
  }, selector);
  const { task } = difference(await thread.read(), before);
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  const late = gaps.filter((gap) => gap > 25).length;
  return {
    frames: times.length,
    "late frames": late,
    "frames/s": (gaps.length * 1000) / gaps.reduce((sum, gap) => sum + gap, 0),
    "scroll ms/frame": task / times.length,
  };
}

/* Both run in the page. */

async function play(count) {
  const text = (index) => `Message ${index}. `.padEnd(200, "of some length, ");
  const transcript = Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? {
          kind: "visitor",
          id: `v${index}`,
          text: text(index).slice(0, 60),
          at: index,
          delivery: "sent",
        }
      : {
          kind: "agent",
          id: `v${index - 1}`,
          at: index,
          status: "completed",
          parts: [{ type: "text", text: `**${index}** ${text(index)}\n\n- one\n- two \`code\`` }],
        },
  );
  let state = {
    connection: { status: "online" },
    agent: { name: "Ada", greeting: "Hello." },
    transcript,
    history: { loading: false, hasMore: false },
    grants: [],
  };
  const listeners = new Set();
  const element = document.querySelector("smooth-agent");
  globalThis.become = (change) => {
    state = { ...state, ...change };
    for (const listener of listeners) listener(state);
  };
  const known = {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setAuthContext: () => true,
  };
  element.conversation = new Proxy(known, {
    get: (target, key) => target[key] ?? (() => undefined),
  });
  await element.updateComplete;
  element.open();
  await element.updateComplete;
}

async function grow() {
  const element = document.querySelector("smooth-agent");
  const { transcript } = element.conversation.state;
  let text = "";
  for (let token = 0; token < 100; token += 1) {
    text += "some words ";
    const entry = {
      kind: "agent",
      id: "now",
      at: 1,
      status: "running",
      parts: [{ type: "text", text }],
    };
    globalThis.become({ transcript: [...transcript, entry], activeTurnId: "now" });
    await new Promise(requestAnimationFrame);
  }
  await element.updateComplete;
}
