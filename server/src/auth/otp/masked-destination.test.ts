import { expect, test } from "vitest";
import { maskedDestination } from "./masked-destination.js";

test.each([
  ["jane@example.com", "j***@example.com"],
  ["j@example.com", "j***@example.com"],
  ["ünal@example.com", "ü***@example.com"],
  ["😀jane@example.com", "😀***@example.com"],
  [`"a@b"@example.com`, `"***@example.com`],
  ["+15551234567", "***67"],
  ["0151 2345", "***45"],
  ["12345", "***45"],
  ["1234", "***"],
  ["@example.com", "***om"],
])("%s is shown as %s", (destination, shown) => {
  expect(maskedDestination(destination)).toBe(shown);
});
