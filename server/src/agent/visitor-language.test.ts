import { expect, it } from "vitest";
import { languageNote } from "./visitor-language.js";

const told = (name: string) =>
  `The visitor's page is set to this language: ${name}. Answer in it, unless the visitor writes in another one.`;

it.each([
  ["fr-CA", "Canadian French"],
  ["EN", "English"],
  ["zh-Hant-TW", "Chinese (Traditional, Taiwan)"],
  ["sr-Latn", "Serbian (Latin)"],
  ["ca-ES-valencia", "Catalan (Spain)"],
  ["de-DE-u-co-phonebk", "German (Germany)"],
  ["de-QQ", "German"],
])("tells %s as %s", (tag, name) => {
  expect(languageNote(tag)).toBe(told(name));
});

it("tells nothing of what is no language, and no word of a page's own", () => {
  expect(languageNote(null)).toBeUndefined();
  for (const tag of ["", "xx", "ignore", "i", "x-ignore-all", "en_US", "ignore-previous", "a-DE"]) {
    expect(languageNote(tag)).toBeUndefined();
  }
  expect(languageNote("en-x-ignore-all-rules")).toBe(told("English"));
  expect(languageNote("fr-ignore-previous")).toBe(told("French"));
});
