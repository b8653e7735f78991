import { describe, expect, test } from "vitest";
import { strings as english } from "../english.js";
import { strings as ar } from "./ar.js";
import { counting } from "./counting.js";
import { strings as de } from "./de.js";
import { strings as es } from "./es.js";
import { strings as fr } from "./fr.js";
import { strings as ja } from "./ja.js";
import { strings as pt } from "./pt.js";
import { strings as zh } from "./zh.js";

const packs = { ar, de, es, fr, ja, pt, zh };
/** What is the same word in that language. */
const SAME: Record<string, string[]> = {
  de: ["online", "otpCode", "identityFields.name", "person"],
  es: ["no"],
  fr: [
    "agent",
    "otpCode",
    "transcript",
    "menu",
    "sources",
    "identityFields.email",
    "otpChannels.email",
  ],
  pt: ["menu", "identityFields.email", "otpChannels.email"],
};
const NUMBERS =
  /^(reconnectingIn|questionsWait|characters|minutes|seconds|hours|days|allowedHere|otpAttempts|showMore)/;

type Tree = Readonly<Record<string, unknown>>;

/** Every word by its path, functions called with what is easily found again. */
function words(tree: Tree, path = ""): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [key, value] of Object.entries(tree)) {
    const name = path + key;
    if (typeof value === "object" && value) Object.assign(all, words(value as Tree, `${name}.`));
    else if (typeof value === "function") all[name] = called(name, value as () => unknown);
    else all[name] = String(value);
  }
  return all;
}

function called(name: string, speak: (...given: unknown[]) => unknown): string {
  if (name === "openLabelWaiting") return String(speak("⟦1⟧", 37));
  if (NUMBERS.test(name)) return String(speak(37));
  return String(speak("⟦1⟧", "⟦2⟧"));
}

const placeholders = (text: string) => text.match(/⟦\d⟧|37/g)?.sort() ?? [];
const inEnglish = words(english);

describe.each(Object.entries(packs))("the words in %s", (language, strings) => {
  const translated = words(strings);

  test("are all there, and no others", () => {
    expect(Object.keys(translated).sort()).toEqual(Object.keys(inEnglish).sort());
    expect(Object.entries(translated).filter(([, text]) => !text.trim())).toEqual([]);
  });

  test("say everything that the English ones are given to say", () => {
    for (const [name, text] of Object.entries(inEnglish)) {
      expect([name, placeholders(translated[name] ?? "")]).toEqual([name, placeholders(text)]);
    }
  });

  test("are not English", () => {
    const only = (text: string) => text.replace(/⟦\d⟧|[\d\s.,:…/#-]+/g, "");
    const left = Object.entries(inEnglish).filter(
      ([name, text]) => only(text) !== "" && only(text) === only(translated[name] ?? ""),
    );
    expect(left.map(([name]) => name).sort()).toEqual(
      left
        .map(([name]) => name)
        .filter((name) => isSame(language, name))
        .sort(),
    );
  });

  test("tell bounds on either side, on both, and none", () => {
    expect(strings.range()).toBeUndefined();
    expect(strings.range(3)).toContain("3");
    expect(strings.range(undefined, 9)).toContain("9");
    expect(strings.range(3, 9)).toMatch(/3.*9/);
    expect(strings.dayRange()).toBeUndefined();
    expect(strings.dayRange("3")).toContain("3");
    expect(strings.dayRange(undefined, "9")).toContain("9");
    expect(strings.dayRange("3", "9")).toMatch(/3.*9/);
  });
});

/** Units and names that every language writes like that. */
function isSame(language: string, name: string): boolean {
  const everywhere = ["seconds", "minutes", "hours", "toolRunning", "toolDone", "otpChannels.sms"];
  return everywhere.includes(name) || (SAME[language] ?? []).includes(name);
}

test("Arabic counts in its six forms", () => {
  const told = [0, 1, 2, 3, 11, 100].map((count) => ar.days(count));
  expect(told).toEqual(["0 يوم", "يوم واحد", "يومان", "3 أيام", "11 يومًا", "100 يوم"]);
  expect(ar.otpAttempts(0)).toBe("لم تبقَ أي محاولة");
});

test("French counts nothing as one, and numbers are grouped as the language does", () => {
  expect([0, 1, 2].map((count) => fr.days(count))).toEqual(["0 jour", "1 jour", "2 jours"]);
  expect(de.charactersOver(12_000)).toBe("12.000 Zeichen zu viel");
  expect(counting("en")(1, { one: "# $& thing", other: "# things" })).toBe("1 $& thing");
});
