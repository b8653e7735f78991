import { expect, test } from "vitest";
import type { TranscriptEntry } from "../state/conversation-state.js";
import { ShownEntries } from "./shown-entries.js";

const entries = (from: number, to: number): TranscriptEntry[] =>
  Array.from({ length: to - from }, (_, index) => ({
    kind: "visitor",
    id: `m${from + index}`,
    text: "",
    at: 0,
    delivery: "sent",
  }));

test("a short transcript is drawn as it is", () => {
  const transcript = entries(0, 90);
  const shown = new ShownEntries();
  expect(shown.of(transcript, true)).toBe(transcript);
  expect(shown.hasMore).toBe(false);
  expect(shown.more()).toBe(false);
});

test("of a long one the end is drawn, and what comes is added to it", () => {
  const shown = new ShownEntries();
  expect(shown.of(entries(0, 5_000), true).map(({ id }) => id)).toEqual(
    entries(4_950, 5_000).map(({ id }) => id),
  );
  expect(shown.hasMore).toBe(true);
  const grown = shown.of(entries(0, 5_001), true);
  expect(grown[0]?.id).toBe("m4950");
  expect(grown).toHaveLength(51);
});

test("it never grows beyond twice that while the reader is at the end", () => {
  const shown = new ShownEntries();
  for (let length = 1; length < 500; length += 1) {
    expect(shown.of(entries(0, length), true).length).toBeLessThanOrEqual(100);
  }
});

test("a reader who goes back sees earlier ones, and loses none while reading", () => {
  const shown = new ShownEntries();
  shown.of(entries(0, 1_000), true);
  expect(shown.more()).toBe(true);
  expect(shown.of(entries(0, 1_000), false)[0]?.id).toBe("m900");
  expect(shown.first?.id).toBe("m900");
  while (shown.more()) shown.of(entries(0, 1_001), false);
  expect(shown.of(entries(0, 1_001), false)).toHaveLength(1_001);
  expect(shown.of(entries(0, 1_001), true)).toHaveLength(50);
});

test("a page of history that is put in above moves nothing, and shows where all was shown", () => {
  const shown = new ShownEntries();
  shown.of(entries(100, 300), true);
  shown.more();
  expect(shown.of(entries(50, 300), false)[0]?.id).toBe("m200");
  const all = new ShownEntries();
  all.of(entries(100, 150), false);
  expect(all.of(entries(50, 150), false)[0]?.id).toBe("m50");
});

test("another conversation begins anew", () => {
  const shown = new ShownEntries();
  shown.of(entries(0, 1_000), true);
  expect(shown.of(entries(2_000, 2_010), true)).toHaveLength(10);
});
