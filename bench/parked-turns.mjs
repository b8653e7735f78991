// What parked turns cost a process: memory and CPU of the idle program beside a database without any
// and one with many, in one run.
//   npm run build && node bench/parked-turns.mjs [turns]
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sqliteStore } from "../server/dist/store/sqlite-store.js";
import { callIn } from "../server/dist/store/store.fixture.js";

const turns = Number(process.argv[2] ?? 10_000);
const ROUNDS = 3;
const IDLE_MS = 10_000;
const main = fileURLToPath(new URL("../server/dist/main.js", import.meta.url));

const empty = await prepared(0);
const full = await prepared(turns);
const costs = { empty: [], full: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  costs.empty.push(await costOf(empty));
  costs.full.push(await costOf(full));
}
const rows = Object.entries(costs).map(([name, all]) => ({
  database: name === "empty" ? "no parked turns" : `${turns} parked turns`,
  "RSS MB": median(all, "rssMb"),
  "start ms": median(all, "startMs"),
  [`CPU ms in ${IDLE_MS / 1000} s`]: median(all, "cpuMs"),
}));
console.table(rows);
const ratio = median(costs.full, "rssMb") / median(costs.empty, "rssMb");
console.log(`memory, many to none: ${ratio.toFixed(3)}`);
for (const folder of [empty, full]) rmSync(folder, { recursive: true });

async function prepared(count) {
  const folder = mkdtempSync(join(tmpdir(), "smooth-agent-bench-"));
  const store = sqliteStore({ file: join(folder, "data/smooth-agent.db") });
  await store.open();
  for (let turn = 0; turn < count; turn += 1) await callIn(store, "awaiting");
  await store.close();
  writeFileSync(join(folder, "smooth-agent.config.mjs"), "export default {};\n");
  return folder;
}

async function costOf(cwd) {
  const begun = performance.now();
  const env = { PATH: process.env.PATH, PORT: "0", LOG_LEVEL: "info" };
  const child = spawn(process.execPath, [main], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  while (!output.includes("listening on")) await pause(5);
  const startMs = Math.round(performance.now() - begun);
  await pause(2_000);
  const before = cpuMs(child.pid);
  await pause(IDLE_MS);
  const cost = { startMs, cpuMs: cpuMs(child.pid) - before, rssMb: rssMb(child.pid) };
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  return cost;
}

function rssMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 102.4) / 10;
}

/** User and system time; the kernel counts in hundredths of a second. */
function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function median(all, name) {
  return all.map((one) => one[name]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
}
