// What the widget costs a page, measured in Chromium beside a floor, in one run: an answer of 12 KB
// of markdown that streams over a real socket beside plain appending of its pieces to one text node;
// the start of the script beside a blank page; 5,000 messages; a hundred openings.
//   npm run build -w @smooth-agent/widget && node bench/streaming.mjs [rounds] [stream|boot|long|memory]...
import { answer, chunks } from "./streaming/answer.mjs";
import {
  startBrowser,
  difference,
  longestTask,
  watchMainThread,
} from "./streaming/main-thread.mjs";
import { openingCost } from "./streaming/opening-cost.mjs";
import { longTranscript } from "./streaming/long-transcript.mjs";
import * as pages from "./streaming/pages.mjs";
import { startWireServer } from "./streaming/wire-server.mjs";

const rounds = Number(process.argv[2] ?? 5);
const wanted = process.argv.slice(3);
const MESSAGES = 5_000;
const server = await startWireServer({
  "/blank": pages.blank,
  "/widget": pages.widget,
  "/loader": pages.loader,
  "/plain": pages.plain,
  "/list": pages.list(MESSAGES),
});
const browser = await startBrowser();
console.log(`${answer.length} characters in ${chunks.length} chunks; medians of ${rounds}`);
if (wants("stream")) {
  await streaming(50);
  await streaming(250);
}
if (wants("boot")) await boot();
if (wants("long")) console.table(await longTranscript({ browser, server, rounds, median }));
if (wants("memory")) console.table(await openingCost({ browser, server, cycles: 100 }));
await browser.close();
await server.close();

function wants(part) {
  return wanted.length === 0 || wanted.includes(part);
}

async function streaming(perSecond) {
  const costs = { plain: [], widget: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of Object.keys(costs)) costs[kind].push(await streamed(kind, perSecond));
  }
  const rows = Object.entries(costs).map(([kind, all]) => [kind, medians(all)]);
  const [[, floor], [, ours]] = rows;
  rows.push([
    "ratio",
    Object.fromEntries(Object.keys(ours).map((key) => [key, ours[key] / floor[key]])),
  ]);
  console.log(`\n${perSecond} chunks/s, milliseconds of the main thread's CPU`);
  console.table(Object.fromEntries(rows.map(([kind, row]) => [kind, rounded(row)])));
}

/** One page, one answer. At the fast rate its tasks are traced too. */
async function streamed(kind, perSecond) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 760 } });
  const page = await context.newPage();
  await page.goto(`${server.origin}/${kind}`);
  if (kind === "widget") await openWidget(page);
  else await page.waitForFunction("socket.readyState === 1");
  await page.evaluate((own) => {
    if (own) globalThis.SmoothAgent.send("How does my parcel travel?");
    else globalThis.say("How does my parcel travel?");
  }, kind === "widget");
  await server.asked();
  await page.waitForTimeout(500);
  const thread = await watchMainThread(page);
  const cost = {};
  const work = async () => {
    const before = await thread.read();
    const { beganAt, tookMs } = await server.stream(perSecond);
    const done = await page.waitForFunction("globalThis.doneAt", undefined, { polling: 100 });
    const doneAt = await done.jsonValue();
    await page.waitForTimeout(300);
    Object.assign(cost, difference(await thread.read(), before));
    cost["wall / stream"] = (doneAt - beganAt) / tookMs;
  };
  if (perSecond > 100) {
    const longest = await longestTask(browser, page, work);
    cost["longest task"] = longest.clock;
    cost["of CPU"] = longest.cpu;
  } else await work();
  const shown = await page.evaluate(() => {
    const root = document.querySelector("smooth-agent")?.shadowRoot ?? document;
    return [...root.querySelectorAll("[part=prose], #box")].at(-1)?.textContent.length ?? 0;
  });
  if (shown < answer.length / 2) throw new Error(`${kind}: only ${shown} characters were shown`);
  await context.close();
  const { heapKb, nodes, listeners, ...kept } = cost;
  return kept;
}

/** Opens the chat, and notes when the answer is there as a whole. */
async function openWidget(page) {
  await page.evaluate(() => globalThis.SmoothAgent.open());
  await page.locator("smooth-agent [part=greeting]").waitFor();
  await page.evaluate(() => {
    const root = document.querySelector("smooth-agent").shadowRoot;
    const look = () => {
      if (!root.querySelector("[part=agent-message][aria-busy=false]")) return;
      globalThis.doneAt ??= Date.now();
    };
    document.addEventListener(
      "smooth-agent-turn-end",
      () => {
        look();
        new MutationObserver(look).observe(root, {
          subtree: true,
          attributes: true,
          attributeFilter: ["aria-busy"],
        });
      },
      { capture: true },
    );
  });
}

async function boot() {
  const costs = { blank: [], loader: [], widget: [] };
  for (let round = 0; round < rounds * 2; round += 1) {
    for (const kind of Object.keys(costs)) costs[kind].push(await booted(kind));
  }
  const blank = medians(costs.blank);
  console.log(
    "\nto a working launcher at a fourth of the CPU's speed, milliseconds of the main thread",
  );
  const over = (own) => rounded(difference(medians(own), blank));
  console.table({
    blank: rounded(blank),
    "loader.js, over it": over(costs.loader),
    "smooth-agent.js, over it": over(costs.widget),
  });
}

async function booted(kind) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/blank`);
  const { cdp, read } = await watchMainThread(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const before = await read();
  await page.goto(`${server.origin}/${kind}`);
  // Looking for the launcher meanwhile would count as the page's own work.
  await page.waitForTimeout(1_500);
  const { task, script, layout, style } = difference(await read(), before);
  if (kind !== "blank") await page.locator("smooth-agent [part=launcher]").click({ trial: true });
  await context.close();
  return { task, script, layout, style };
}

function medians(all) {
  return Object.fromEntries(
    Object.keys(all[0]).map((key) => [key, median(all.map((each) => each[key]))]),
  );
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function rounded(row) {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(2))]),
  );
}
