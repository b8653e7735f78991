/** Milliseconds between two looks: a timer takes at most 25 days, and none runs while the machine sleeps. */
const LOOK_MS = 60_000;

/**
 * Does something when a time of the clock has come, at once when it is past.
 *
 * @param time Unix milliseconds
 * @returns how to call it off
 */
export function deadline(time: number, now: () => number, act: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const left = time - now();
    if (left <= 0) act();
    else timer = setTimeout(look, Math.min(left, LOOK_MS)).unref();
  };
  look();
  return () => clearTimeout(timer);
}
