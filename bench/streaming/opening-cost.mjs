import { watchMainThread } from "./main-thread.mjs";

/** What stays in memory after many openings: heap, nodes and listeners before and after. */
export async function openingCost({ browser, server, cycles }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/widget`);
  const thread = await watchMainThread(page);
  await cycle(page, 20);
  const before = await settled(thread);
  await cycle(page, cycles);
  const after = await settled(thread);
  await context.close();
  return { before, [`after ${cycles} more`]: after };
}

async function cycle(page, times) {
  await page.evaluate(async (times) => {
    const element = document.querySelector("smooth-agent");
    const frame = () => new Promise(requestAnimationFrame);
    for (let time = 0; time < times; time += 1) {
      element.open();
      await element.updateComplete;
      await frame();
      element.close();
      await element.updateComplete;
      await frame();
    }
  }, times);
}

async function settled({ cdp, read }) {
  await cdp.send("HeapProfiler.enable");
  for (let time = 0; time < 3; time += 1) await cdp.send("HeapProfiler.collectGarbage");
  const { heapKb, nodes, listeners } = await read();
  return { "heap kB": Math.round(heapKb), nodes, listeners };
}
