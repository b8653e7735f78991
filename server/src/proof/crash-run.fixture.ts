import { availableParallelism, loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { CrashLane, Death } from "./crash-lane.fixture.js";
import type { Failpoint } from "./failpoints.fixture.js";
import { violationsOf } from "./history-checker.fixture.js";
import type { JournalLine, Rows, Transcript } from "./history.fixture.js";
import { TOOLS, WAIT_MS } from "./proof-shop.fixture.js";
import { rowsOf } from "./row-reader.fixture.js";
import type { Scenario } from "./scenario.fixture.js";
import { Visitor } from "./visitor.fixture.js";

/** When the program is killed: at a point, or after so many milliseconds. */
export type Kill = Failpoint | { afterMs: number };

export interface CrashReport {
  /** How often the program died. */
  deaths: number;
  /** The points that were reached, in order, when nothing was to die. */
  hits: string[];
  /** Milliseconds from each restart until a turn that had been running was running again. */
  recoveryMs: number[];
  violations: string[];
  ms: number;
}

let marks = 0;

export interface CrashPlan {
  first?: Kill | undefined;
  second?: Kill | undefined;
  /** Whether another conversation is answered at the same time. */
  isBusy?: boolean;
}

/** Plays a scenario, kills the program as told, lets the visitors go on until it is over, and judges. */
export async function crashRun(
  lane: CrashLane,
  scenario: Scenario,
  { first, second, isBusy = false }: CrashPlan = {},
): Promise<CrashReport> {
  const begun = Date.now();
  await lane.begin();
  const transcripts: Transcript[] = [];
  const { address } = lane;
  const visitor = (mark: string, supports?: string[]) =>
    new Visitor({ mark, address, transcripts, ...(supports && { supports }) });
  const mark = `c${(marks += 1)}`;
  const tab = visitor(`<${mark}>`);
  const other = visitor(`<${mark}b>`, []);
  const bystander = visitor(`<${mark}x>`);
  const visitors = scenario.hasTwoTabs ? [tab, other, bystander] : [tab, bystander];
  const ids = () => visitors.flatMap(({ ticket }) => ticket?.conversationId ?? []);
  const rows = () => rowsOf(lane.reader, ids());
  const violations: string[] = [];
  let hits: string[] = [];

  await bystander.come();
  if (!scenario.beginsOutside) await tab.come();
  if (scenario.hasTwoTabs) await other.come(tab.ticket);
  lane.watch(ids);
  const stopKilling = await arm(lane, first, second);
  try {
    if (isBusy) bystander.say("steps");
    const stored = (condition: (rows: Rows) => boolean) =>
      until(lane, async () => condition(await rows()));
    const ran = (toolCallId: string, requestId: string) =>
      until(lane, async () => {
        const isIt = (line: JournalLine) =>
          line.kind === "effect" && line.idempotencyKey === toolCallId;
        return tab.turns.get(requestId)?.state === "ended" || (await lane.journal()).some(isIt);
      });
    await scenario.play({ tab, other, stored, ran });
    for (const each of visitors) await each.settled();
    // A tool that its turn was cancelled under ends a moment later; the checker says when it does not.
    const isRunning = ({ toolCalls }: Rows) => toolCalls.some(({ state }) => state === "executing");
    await until(lane, async () => !isRunning(await rows()), TOOL_MS).catch(() => undefined);
    await tab.quiet();
    await bystander.quiet();
    stopKilling();
    hits = await hitsOf(lane);
  } catch (error) {
    violations.push(String(error));
  } finally {
    stopKilling();
  }
  const stored = await rows();
  const journal = await lane.journal();
  violations.push(...violationsOf({ transcripts, rows: stored, journal, tools: TOOLS }));
  for (const { requestId, state, conversationId } of stored.turns) {
    const isPlayed = conversationId === tab.ticket?.conversationId;
    if (!(isPlayed ? scenario.ends : ["completed"]).includes(state)) {
      violations.push(`${requestId} ended ${state}`);
    }
  }
  const expected = (scenario.turns ?? 1) + (isBusy ? 1 : 0);
  if (stored.turns.length !== expected) violations.push(`${stored.turns.length} turns are stored`);
  const deaths = lane.deaths();
  const recoveryMs: number[] = [];
  for (const [index, death] of deaths.entries()) {
    const until = deaths[index + 1]?.restartedAt ?? Infinity;
    for (const ms of recoveries(death, until, stored, journal)) {
      if (ms !== undefined) recoveryMs.push(ms);
      const isLate = (ms ?? Infinity) > allowedMs();
      if (isLate && until === Infinity) violations.push(`a turn was taken up after ${ms} ms`);
    }
  }
  for (const each of visitors) await each.leave();
  return { deaths: deaths.length, hits, recoveryMs, violations, ms: Date.now() - begun };
}

/** The points that were reached; none of a program that dies before it tells them. */
async function hitsOf(lane: CrashLane): Promise<string[]> {
  await lane.address();
  const told = await lane
    .program()
    .order({ order: "told" })
    .catch(() => undefined);
  return told?.hits ?? [];
}

/** @returns how to kill no more */
async function arm(lane: CrashLane, first?: Kill, second?: Kill): Promise<() => void> {
  const timers = new AbortController();
  const killAfter = async (ms: number) => {
    await pause(ms, undefined, { signal: timers.signal }).catch(() => undefined);
    if (!timers.signal.aborted) lane.program().kill();
  };
  if (second && "name" in second) lane.armNext(second);
  const failpoint = first && "name" in first ? first : { name: "", occurrence: 1 };
  await lane.program().order({ order: "arm", failpoint });
  if (first && "afterMs" in first) void killAfter(first.afterMs);
  if (second && "afterMs" in second) void killAfter(second.afterMs);
  return () => timers.abort();
}

/** For each turn that was running when its process died: when the next one gave a sign of it. */
function recoveries(
  { left, restartedAt }: Death,
  until: number,
  rows: Rows,
  journal: readonly JournalLine[],
): (number | undefined)[] {
  const running = left.turns.filter(({ state }) => state === "running");
  return running.map(({ id, requestId }) => {
    const message = rows.messages.find(({ turnId, direction }) => {
      return turnId === id && direction === "inbound";
    })?.text;
    const calls = rows.toolCalls.filter(({ turnId }) => turnId === id);
    const isSign = (line: JournalLine) =>
      (line.kind === "model" && line.message === message) ||
      (line.kind === "terminal" && line.requestId === requestId) ||
      (line.kind === "effect" && calls.some((call) => call.id === line.idempotencyKey));
    const signs = [
      ...journal.filter(isSign).map(({ at }) => at),
      ...calls.map(({ name, expiresAt }) => (expiresAt ?? 0) - waitOf(name)),
      rows.turns.find((turn) => turn.id === id)?.endedAt ?? 0,
    ].filter((at) => at >= restartedAt && at < until);
    return signs.length === 0 ? undefined : Math.min(...signs) - restartedAt;
  });
}

/** What is promised; as much longer as the machine has more to do than these tests give it. */
function allowedMs(): number {
  const [load = 0] = loadavg();
  return RECOVERY_MS * Math.max(1, load / (2 * availableParallelism()));
}

const RECOVERY_MS = 5_000;

function waitOf(tool: string): number {
  return tool.startsWith("quick_") ? WAIT_MS.short : WAIT_MS.long;
}

async function until(
  lane: CrashLane,
  condition: () => Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const late = AbortSignal.timeout(withinMs);
  for (;;) {
    await lane.address();
    if (await condition()) return;
    if (late.aborted) throw new Error("it never came to be as expected");
    await pause(20);
  }
}

/** How long the outcome of a tool may be open after its turn, in milliseconds. */
const TOOL_MS = 15_000;
