import fc from "fast-check";
import { expect, test } from "vitest";
import { addressGroup } from "./client-address.js";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:cb00:7107", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::9", "2001:db8:1:3::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["", ""],
  ["unknown", ""],
  ["203.0.113.7, 10.0.0.1", ""],
  ["203.0.113.7:8080", ""],
])("%s counts under %s", (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test("addresses of one /64 count together, those of two do not", () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const half = fc.array(group, { minLength: 4, maxLength: 4 }).map((groups) => groups.join(":"));
  const isMapped = (prefix: string) => /^0(:0){3}$/.test(prefix);
  fc.assert(
    fc.property(half, half, half, half, (one, other, tail, end) => {
      fc.pre(!isMapped(one) && !isMapped(other));
      expect(addressGroup(`${one}:${tail}`)).toBe(addressGroup(`${one}:${end}`));
      const isSame = addressGroup(`${one}:${tail}`) === addressGroup(`${other}:${tail}`);
      expect(isSame).toBe(one === other);
    }),
  );
});
