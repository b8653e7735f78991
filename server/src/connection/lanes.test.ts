import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Lanes } from "./lanes.js";

/** Work that notes its begin and its end, and lasts until it is let go. */
function workbench() {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    log,
    work: (name: string) => async () => {
      log.push(`+${name}`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      log.push(`-${name}`);
    },
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await settled();
    },
  };
}

describe("lanes", () => {
  test("one key is in order, others do not wait for it", async () => {
    const lanes = new Lanes();
    const { log, work, end } = workbench();
    lanes.run("a", work("a1"));
    lanes.run("a", work("a2"));
    lanes.run("b", work("b1"));
    await settled();
    expect(log).toEqual(["+a1", "+b1"]);
    await end("b1");
    await end("a1");
    expect(log).toEqual(["+a1", "+b1", "-b1", "-a1", "+a2"]);
    await end("a2");
    expect(lanes.size).toBe(0);
  });

  test("what runs after all waits for what is waiting now, and holds up nothing", async () => {
    const lanes = new Lanes();
    const { log, work, end } = workbench();
    lanes.run("a", work("a1"));
    lanes.run("b", work("b1"));
    lanes.run("b", work("b2"));
    lanes.runAfterAll(work("all"));
    lanes.run("c", work("c1"));
    lanes.run("a", work("a2"));
    await settled();
    await end("a1");
    await end("b1");
    expect(log).not.toContain("+all");
    expect(log).toContain("+a2");
    expect(log).toContain("+c1");
    await end("b2");
    expect(log).toContain("+all");
    lanes.runAfterAll(work("all2"));
    await end("all");
    expect(log).not.toContain("+all2");
    for (const name of ["a2", "c1"]) await end(name);
    expect(log).toContain("+all2");
    await end("all2");
    expect(lanes.size).toBe(0);
  });

  test("what runs after all but one key waits for the others alone", async () => {
    const lanes = new Lanes();
    const { log, work, end } = workbench();
    lanes.run("", work("slow"));
    lanes.run("a", work("a1"));
    lanes.runAfterAll(work("all"), "");
    await settled();
    expect(log).not.toContain("+all");
    await end("a1");
    expect(log).toContain("+all");
    for (const name of ["all", "slow"]) await end(name);
  });

  test("two that run after all keep their order", async () => {
    const lanes = new Lanes();
    const { log, work, end } = workbench();
    lanes.runAfterAll(work("1"));
    lanes.runAfterAll(work("2"));
    await settled();
    expect(log).toEqual(["+1"]);
    await end("1");
    await end("2");
    expect(log).toEqual(["+1", "-1", "+2", "-2"]);
  });

  test("a key that is called like the one for all is a key", async () => {
    const lanes = new Lanes();
    const { log, work, end } = workbench();
    lanes.run("*", work("star"));
    lanes.run("__proto__", work("proto"));
    lanes.runAfterAll(work("all"));
    await settled();
    expect(log).toEqual(["+star", "+proto"]);
    for (const name of ["star", "proto", "all"]) await end(name);
    expect(log.at(-1)).toBe("-all");
  });

  test("any work begins after what is before it in its lane, and the size counts what has not ended", async () => {
    const job = fc.record({ key: fc.constantFrom("a", "b", "c", null), ticks: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(fc.array(job, { maxLength: 20 }), async (jobs) => {
        const lanes = new Lanes();
        const ended = new Set<number>();
        const order: number[] = [];
        const overtaken: number[] = [];
        jobs.forEach(({ key, ticks }, number) => {
          const before = jobs
            .map((_, other) => other)
            .filter((other) => other < number && (key === null || jobs[other]?.key === key));
          const work = async () => {
            overtaken.push(...before.filter((other) => !ended.has(other)));
            order.push(number);
            for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
            ended.add(number);
          };
          if (key === null) lanes.runAfterAll(work);
          else lanes.run(key, work);
          expect(lanes.size).toBe(number + 1);
        });
        while (lanes.size > 0) await settled();
        expect(overtaken).toEqual([]);
        expect(order.toSorted((a, b) => a - b)).toEqual(jobs.map((_, number) => number));
      }),
    );
  });
});

/** Lets every promise that can settle do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
