import { expect, test } from "vitest";
import { datesIn, DayWords } from "./dates.js";

const at = (day: number, hour = 12, year = 2026) => new Date(year, 10, day, hour).getTime();
const NOW = at(26, 15);

test("the days next to today have names, in the visitor's language", () => {
  const said = (locale: string, day: number, hour?: number, year?: number) =>
    datesIn(locale).day(at(day, hour, year), NOW);
  expect(said("en", 26, 0)).toBe("Today");
  expect(said("en", 25, 23)).toBe("Yesterday");
  expect(said("de", 25, 0)).toBe("Gestern");
  expect(said("en", 24)).toBe("Tuesday, November 24");
  expect(said("de", 24)).toBe("Dienstag, 24. November");
  expect(said("en", 24, 12, 2025)).toContain("2025");
  expect(said("ja", 26)).toBe("今日");
});

test("a time is told as the language does", () => {
  expect(datesIn("de").time(at(26, 9))).toBe("9:00");
  expect(datesIn("en-US").time(at(26, 15))).toMatch(/^3:00\sPM$/);
});

test("a language that is none is the browser's own", () => {
  for (const locale of ["", "not a locale", "x".repeat(300)]) {
    expect(datesIn(locale).time(NOW)).not.toBe("");
  }
});

test("a language's formatters are made once", () => {
  expect(datesIn("fr")).toBe(datesIn("fr"));
});

test("each day is told once, where it begins; a time that is none tells nothing", () => {
  const days = new DayWords(datesIn("en"), NOW);
  const told = [at(24, 1), at(24, 23), NaN, at(25, 0), at(26, 0), at(26, 23), 9e15, at(24)];
  expect(told.map((time) => days.next(time))).toEqual([
    "Tuesday, November 24",
    undefined,
    undefined,
    "Yesterday",
    "Today",
    undefined,
    undefined,
    "Tuesday, November 24",
  ]);
  expect(datesIn("en").time(NaN)).toBe("");
});
