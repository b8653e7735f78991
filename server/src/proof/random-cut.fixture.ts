import type { Kill } from "./crash-run.fixture.js";
import type { Cut } from "./crash-sweep.fixture.js";

/** Numbers from 0 to 1 that a seed decides. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  // Mulberry32.
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A scenario that is killed once or twice, at points that it reaches or at any instant. */
export function randomCut(
  random: () => number,
  points: ReadonlyMap<string, readonly string[]>,
): Cut {
  const scenario = oneOf([...points.keys()], random);
  const hits = points.get(scenario) ?? [];
  const first = random() < 0.6 ? pointOf(hits, random) : instant(MOST_OF_A_RUN_MS, random);
  const second = random() < 0.2 ? anotherKill(hits, random) : undefined;
  return { scenario, first, second, isBusy: random() < 0.5 };
}

const MOST_OF_A_RUN_MS = 250;
const START_AND_RUN_MS = 2_000;

/** The second process dies while it takes up what the first one left, or somewhat later. */
function anotherKill(hits: readonly string[], random: () => number): Kill {
  if (random() < 0.4) return instant(START_AND_RUN_MS, random);
  if (random() < 0.3) return { name: oneOf(AT_START, random), occurrence: 1 };
  return { name: oneOf(hits, random), occurrence: 1 + Math.floor(random() * 3) };
}

const AT_START = [
  "before DELETE ServerProcess",
  "after DELETE ServerProcess",
  "before INSERT ServerProcess",
  "after INSERT ServerProcess",
];

function pointOf(hits: readonly string[], random: () => number): Kill {
  const index = Math.floor(random() * hits.length);
  const name = hits[index] ?? "";
  return { name, occurrence: hits.slice(0, index + 1).filter((hit) => hit === name).length };
}

function instant(withinMs: number, random: () => number): Kill {
  return { afterMs: Math.floor(random() * withinMs) };
}

function oneOf<Value>(values: readonly Value[], random: () => number): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error("nothing to choose from");
  return value;
}
