import fc from "fast-check";
import { expect, test } from "vitest";
import { safeLink } from "./safe-link.js";

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "data:text/html,x",
  "vbscript:x",
  "file:///etc/passwd",
  "blob:https://a.b/1",
  "//a.b/c",
  "/orders/1",
  "#x",
  "",
])("%j is no link", (target) => {
  expect(safeLink(target, "label")).toBeUndefined();
});

test.each([
  ["https://shop.example/a", "the shop", "shop.example"],
  ["https://shop.example/a", "https://good.example/", "shop.example"],
  ["https://good.example@evil.example/", "good.example", "evil.example"],
  ["https://shop.example:8443/a", "shop.example", "shop.example:8443"],
  ["https://аpple.com/", "аpple.com", "xn--pple-43d.com"],
  ["mailto:a@b.example?subject=x", "write us", "a@b.example"],
  ["tel:+4712345678", "call us", "+4712345678"],
])("%s labelled %j shows %s", (target, label, destination) => {
  expect(safeLink(target, label)?.destination).toBe(destination);
});

test.each([
  ["https://shop.example/a", "https://shop.example/a"],
  ["https://shop.example/", "shop.example"],
  ["https://www.shop.example/x", "www.shop.example/x"],
  ["mailto:a@b.example", "a@b.example"],
])("%s labelled %j says where it leads already", (target, label) => {
  expect(safeLink(target, label)?.destination).toBeUndefined();
});

test("no target, however odd, gets another scheme through", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (target, label) => {
      const href = safeLink(target, label)?.href ?? "https:";
      expect(href).toMatch(/^(?:https?|mailto|tel):/);
    }),
  );
});
