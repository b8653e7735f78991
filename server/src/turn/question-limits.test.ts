import { expect, test } from "vitest";
import { questionRates } from "./question-limits.js";

test("a question counts once, however often its call comes back", async () => {
  const rates = questionRates(2);
  const admitted: boolean[] = [];
  for (const id of ["a", "a", "b", "c", "a", "c"]) admitted.push(await rates.admit("ada", id));
  expect(admitted).toEqual([true, true, true, false, true, false]);
  expect(await rates.admit("bob", "d")).toBe(true);
  expect(await questionRates(0).admit("ada", "a")).toBe(false);
});
