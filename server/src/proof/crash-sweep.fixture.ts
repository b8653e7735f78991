import { crashLane, type CrashLane } from "./crash-lane.fixture.js";
import { crashRun, type CrashPlan, type CrashReport } from "./crash-run.fixture.js";
import type { DatabaseIn } from "./proof-database.fixture.js";
import { SCENARIOS } from "./scenario.fixture.js";

/** One run of a sweep: a scenario and where its program dies. */
export interface Cut extends CrashPlan {
  scenario: string;
}

/** What came of a sweep. */
export interface SweepResult {
  runs: number;
  /** Runs whose point was not reached: nothing died. */
  unreached: string[];
  violations: string[];
  recoveryMs: number[];
  seconds: number;
}

/** Programs side by side, each with its own database and model: as many as there are cores. */
export async function lanes(count: number, databaseIn?: DatabaseIn): Promise<CrashLane[]> {
  return Promise.all(Array.from({ length: count }, () => crashLane(databaseIn)));
}

/** Plays each scenario once without a death, to know the points that it reaches, in order of the scenarios. */
export async function pointsOf(
  scenarios: readonly string[],
  all: readonly CrashLane[],
): Promise<Map<string, string[]>> {
  const points = new Map<string, string[]>(scenarios.map((scenario) => [scenario, []]));
  await spread(scenarios, all, async (lane, scenario) => {
    const { hits, violations } = await playCut(lane, { scenario });
    if (violations.length > 0) throw new Error(`${scenario}: ${violations.join("\n")}`);
    points.set(scenario, hits.filter(isTelling));
  });
  return points;
}

/** The first time that each point is reached; later times are for the random crashes. */
export function cutsOf(scenario: string, hits: readonly string[]): Cut[] {
  const seen = new Set<string>();
  const cuts: Cut[] = [];
  for (const [index, name] of hits.entries()) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (isByTheClock(name) || isSameInstant(name, hits[index - 1])) continue;
    cuts.push({ scenario, first: { name, occurrence: 1 } });
  }
  return cuts;
}

/** Leases are renewed and dropped in their own time: whether a scenario meets that is chance. */
function isByTheClock(name: string): boolean {
  return name.includes("ServerProcess");
}

export async function sweep(cuts: readonly Cut[], all: readonly CrashLane[]): Promise<SweepResult> {
  const begun = Date.now();
  const result: SweepResult = {
    runs: 0,
    unreached: [],
    violations: [],
    recoveryMs: [],
    seconds: 0,
  };
  await spread(cuts, all, async (lane, cut) => {
    const report = await playCut(lane, cut);
    result.runs += 1;
    if (report.deaths === 0) result.unreached.push(nameOf(cut));
    result.recoveryMs.push(...report.recoveryMs);
    result.violations.push(...report.violations.map((fault) => `${nameOf(cut)}: ${fault}`));
  });
  result.seconds = Math.round((Date.now() - begun) / 1_000);
  return result;
}

/** One line of figures about a sweep. */
export function figuresOf({ runs, seconds, unreached, violations, recoveryMs }: SweepResult) {
  const sorted = recoveryMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return (
    `${runs} runs in ${seconds} s, ${unreached.length} not reached, ${violations.length} violations; ` +
    `${sorted.length} turns taken up after ${at(0.5)} ms (median), ${at(1)} ms (longest)`
  );
}

function playCut(lane: CrashLane, { scenario, ...plan }: Cut): Promise<CrashReport> {
  const played = SCENARIOS[scenario];
  if (!played) throw new Error(`there is no scenario ${scenario}`);
  return crashRun(lane, played, plan);
}

function nameOf({ scenario, first, second }: Cut): string {
  const kills = [first, second].filter((kill) => kill !== undefined);
  return `${scenario}, killed ${kills.map((kill) => JSON.stringify(kill)).join(" and ")}`;
}

/** What only ends a run is no point of its scenario. */
function isTelling(name: string): boolean {
  return name !== "before send answer Session";
}

/** Between two statements of one transaction nothing is stored, sent or done: one death stands for both. */
function isSameInstant(name: string, before = ""): boolean {
  return /^before (INSERT|UPDATE|DELETE|COMMIT)/.test(name) && /^after [IUD]/.test(before);
}

async function spread<Piece>(
  pieces: readonly Piece[],
  all: readonly CrashLane[],
  work: (lane: CrashLane, piece: Piece) => Promise<void>,
): Promise<void> {
  const left = [...pieces];
  await Promise.all(
    all.map(async (lane) => {
      for (let piece = left.shift(); piece !== undefined; piece = left.shift()) {
        await work(lane, piece);
      }
    }),
  );
}
