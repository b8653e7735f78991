import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChunkLoad, type LoadedChunk } from "./chunk-load.js";

const CHUNK: LoadedChunk = { styles: [] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A source that fails so often first. */
function failingFirst(times: number) {
  let tries = 0;
  return vi.fn<() => Promise<LoadedChunk>>(async () => {
    tries += 1;
    if (tries <= times) throw new Error("not found");
    return CHUNK;
  });
}

test("what is at hand is there at once", () => {
  expect(new ChunkLoad(() => CHUNK).ask()).toBe(CHUNK);
});

test("whoever asked is told once when it is there, and it is fetched once", async () => {
  const fetched = failingFirst(0);
  const load = new ChunkLoad(fetched);
  const told = vi.fn<() => void>();
  expect(load.ask(told)).toBeUndefined();
  expect(load.ask(told)).toBeUndefined();
  await vi.runAllTimersAsync();
  expect(load.ask(told)).toBe(CHUNK);
  expect(told).toHaveBeenCalledTimes(1);
  expect(fetched).toHaveBeenCalledTimes(1);
});

test("while somebody waits it is tried for again, with growing pauses", async () => {
  const fetched = failingFirst(3);
  const load = new ChunkLoad(fetched);
  load.ask(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect([fetched.mock.calls.length, load.failures]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(999);
  expect(fetched).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(fetched).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1999);
  expect(fetched).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1 + 4000);
  expect(load.ask()).toBe(CHUNK);
  expect(load.failures).toBe(0);
});

test("when nobody waits any more nothing is tried again, and the next one who asks begins anew", async () => {
  const fetched = failingFirst(1);
  const load = new ChunkLoad(fetched);
  const told = () => undefined;
  load.ask(told);
  await vi.advanceTimersByTimeAsync(0);
  load.leave(told);
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetched).toHaveBeenCalledTimes(1);
  load.ask();
  await vi.advanceTimersByTimeAsync(0);
  expect(load.ask()).toBe(CHUNK);
});

test("may be tried for at once", async () => {
  const fetched = failingFirst(1);
  const load = new ChunkLoad(fetched);
  const told = vi.fn<() => void>();
  load.ask(told);
  await vi.advanceTimersByTimeAsync(0);
  load.retry();
  load.retry();
  await vi.advanceTimersByTimeAsync(0);
  expect(fetched).toHaveBeenCalledTimes(2);
  expect(told).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});
