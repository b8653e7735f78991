import { expect, test } from "vitest";
import { humanizedName } from "./humanized-name.js";

test.each([
  ["issue_refund", "Issue refund"],
  ["lookupOrder", "Lookup order"],
  ["crm.lookup-order", "Crm lookup order"],
  ["HTTP_GET", "HTTP GET"],
  ["search", "Search"],
  ["", ""],
])("%s reads %j", (name, words) => {
  expect(humanizedName(name)).toBe(words);
});
