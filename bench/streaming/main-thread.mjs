import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** Starts the browser that is here. */
export function startBrowser() {
  const candidates = [
    process.env.CHROMIUM_PATH,
    chromium.executablePath(),
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("No Chromium here: set CHROMIUM_PATH to its executable.");
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-background-networking", "--js-flags=--expose-gc"],
  });
}

/** What the page's main thread has done so far, in milliseconds of its own CPU time. */
export async function watchMainThread(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  return {
    cdp,
    async read() {
      const { metrics } = await cdp.send("Performance.getMetrics");
      const of = (name) => metrics.find((metric) => metric.name === name)?.value ?? 0;
      return {
        task: of("TaskDuration") * 1000,
        script: of("ScriptDuration") * 1000,
        layout: of("LayoutDuration") * 1000,
        style: of("RecalcStyleDuration") * 1000,
        heapKb: of("JSHeapUsedSize") / 1024,
        nodes: of("Nodes"),
        listeners: of("JSEventListeners"),
      };
    },
  };
}

export function difference(after, before) {
  return Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
}

/**
 * Runs `work` while every task of the page is traced.
 *
 * @returns the longest task: by the clock, and by the CPU time of its thread, in milliseconds
 */
export async function longestTask(browser, page, work) {
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  await work();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ ph, name, pid, tid }) => ph === "X" && name.endsWith("RunTask") && main.has(`${pid} ${tid}`),
  );
  if (tasks.length === 0) throw new Error("The trace has no task of the main thread.");
  const longest = (field) => Math.max(...tasks.map((task) => (task[field] ?? 0) / 1000));
  return { clock: longest("dur"), cpu: longest("tdur") };
}
