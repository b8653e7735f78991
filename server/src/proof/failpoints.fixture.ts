import { appendFileSync } from "node:fs";
import { driverFailpoints } from "./driver-failpoints.fixture.js";
import { modelFailpoints, wireFailpoints } from "./wire-failpoints.fixture.js";

// Loaded before the program with `node --import`: at a named instant the process kills itself.

/** The instant to die at: the how-manieth time a point is reached, from 1. */
export interface Failpoint {
  name: string;
  occurrence: number;
}

/** What a test tells the program that it started. */
export type Order =
  | { order: "arm"; failpoint: Failpoint }
  | { order: "record" }
  | { order: "told" };

/** What the program answers: that it heard, and the points that it reached since `record`. */
export interface Heard {
  order: Order["order"];
  hits: string[];
}

let armed: Failpoint | undefined = fromEnvironment();
let reached = 0;
let recorded: string[] = [];

/** Passes a point, or dies at it. */
function pass(name: string): void {
  recorded.push(name);
  if (armed?.name !== name) return;
  reached += 1;
  if (reached < armed.occurrence) return;
  process.kill(process.pid, "SIGKILL");
  // The signal may come a moment later: nothing more happens here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function obey(message: unknown): void {
  const order = message as Order;
  if (order.order === "arm") {
    armed = order.failpoint;
    reached = 0;
  }
  const hits = order.order === "told" ? recorded : [];
  recorded = [];
  process.send?.({ order: order.order, hits } satisfies Heard);
}

/** Writes a line that outlives the process, before anything else happens in it. */
function note(line: Record<string, unknown>): void {
  const journal = process.env["PROOF_JOURNAL"];
  if (!journal) return;
  appendFileSync(journal, `${JSON.stringify({ pid: process.pid, at: Date.now(), ...line })}\n`);
}

function fromEnvironment(): Failpoint | undefined {
  const value = process.env["PROOF_FAILPOINT"];
  return value ? (JSON.parse(value) as Failpoint) : undefined;
}

// What the tools of the config module use.
Object.assign(globalThis, { proof: { pass, note } });
process.on("message", obey);
process.channel?.unref();
// Nobody is left to be proven anything to.
process.on("disconnect", () => process.exit());
note({ kind: "start" });
driverFailpoints(process.env["PROOF_DRIVER"] ?? "better-sqlite3", pass);
wireFailpoints(pass, note);
modelFailpoints(pass, note);
