import fc from "fast-check";
import { expect, test } from "vitest";
import { Reveal } from "./reveal.js";

const LAG_MS = 120;
const FAMILY = "👨‍👩‍👧‍👦";
const WHOLE = ["a", "word ", "\r\n", "e\u0301", "न्दी", "👍🏽", "🇩🇪", FAMILY, "1️⃣", "한"];
/** A model's tokens end anywhere. */
const PIECES = [...WHOLE, "\u0301", "\u200D", "🇩", "\uD83D", "\uDC4D"];

/** What comes after a pause: often a character or two, sometimes a burst. */
const arrivals = fc.array(
  fc.record({
    pauseMs: fc.integer({ min: 0, max: 200 }),
    text: fc.oneof(
      fc.array(fc.constantFrom(...PIECES), { maxLength: 3 }),
      fc.array(fc.constantFrom(...PIECES), { minLength: 60, maxLength: 300 }),
    ),
  }),
  { minLength: 1, maxLength: 8 },
);
const frames = fc.integer({ min: 4, max: 60 });

/** Each frame and each arrival: when it was, what had come, and how much of it was shown. */
function played(came: { pauseMs: number; text: string[] }[], frameMs: number) {
  const reveal = new Reveal();
  const shown: { now: number; text: string; length: number }[] = [];
  let [now, text] = [0, ""];
  const look = () => shown.push({ now, text, length: reveal.of(text, now, false) });
  for (const { pauseMs, text: added } of [...came, { pauseMs: 200, text: [] }]) {
    const until = now + pauseMs;
    while (now + frameMs < until) {
      now += frameMs;
      // The page asks for frames only while something is held back.
      if ((shown.at(-1)?.length ?? 0) < text.length) look();
    }
    now = until;
    text += added.join("");
    look();
  }
  return shown;
}

test("what is shown only grows, is whole within the lag, and takes no character apart", () => {
  fc.assert(
    fc.property(arrivals, frames, (came, frameMs) => {
      const shown = played(came, frameMs);
      shown.forEach(({ now, text, length }, index) => {
        const before = shown[index - 1]?.length ?? 0;
        expect(length).toBeGreaterThanOrEqual(before);
        expect(length).toBeLessThanOrEqual(text.length);
        const old = shown.findLast((each) => each.now <= now - LAG_MS - frameMs);
        expect(length).toBeGreaterThanOrEqual(old?.text.length ?? 0);
        if (length !== before && length !== text.length) {
          expect(new Intl.Segmenter().segment(text).containing(length)?.index).toBe(length);
        }
      });
    }),
    { numRuns: 500 },
  );
});

test("a burst flows in over the frames of the lag, about the same in each", () => {
  const reveal = new Reveal();
  const text = "x".repeat(400);
  const lengths = Array.from({ length: 8 }, (_, frame) =>
    reveal.of(text, 1000 + frame * 16, false),
  );
  expect(lengths.at(-1)).toBe(400);
  const steps = lengths.map((length, index) => length - (lengths[index - 1] ?? 0));
  for (const step of steps) expect(step).toBeGreaterThan(20);
  for (const step of steps) expect(step).toBeLessThan(60);
});

test.each([
  ["a still page", [400], [0], true],
  ["a few characters after a pause", [30, 60, 90], [0, 300, 600], false],
  ["a steady flow", [40, 140, 240, 340], [0, 16, 32, 48], false],
  ["more than can be read", [5000], [0], false],
])("%s: all is shown as it comes", (_what, lengths, times, isStill) => {
  const reveal = new Reveal();
  const shown = lengths.map((length, index) =>
    reveal.of("x".repeat(length), 1000 + (times[index] ?? 0), isStill),
  );
  expect(shown).toEqual(lengths);
});

test("a page whose frames come late is not asked for more of them", () => {
  const reveal = new Reveal();
  const text = "x".repeat(400);
  expect(reveal.of(text, 1000, false)).toBeLessThan(100);
  expect(reveal.of(text, 1060, false)).toBe(400);
});

test("what takes the place of a held text is shown at once", () => {
  const reveal = new Reveal();
  expect(reveal.of("x".repeat(400), 1000, false)).toBeLessThan(400);
  expect(reveal.of("y".repeat(300), 1016, false)).toBe(300);
});
