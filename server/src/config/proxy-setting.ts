import { isIP, isIPv4 } from "node:net";
import { z } from "zod";

/**
 * The proxies whose `X-Forwarded-For` is believed, as Express's "trust proxy": how many stand before
 * the server, or their addresses and subnets. True believes whatever a visitor sends.
 */
export type TrustProxy = boolean | number | string | string[];

const subnets = z.string().refine((list) => list.split(",").every(isSubnet), {
  error: "must be loopback, linklocal, uniquelocal, addresses or subnets such as 10.0.0.0/8",
});

export const trustProxy = z.union(
  [z.boolean(), z.int().nonnegative({ error: "must not be negative" }), subnets, z.array(subnets)],
  {
    error: "must be true, false, a number of proxies, or addresses and subnets such as 10.0.0.0/8",
  },
);

function isSubnet(entry: string): boolean {
  const trimmed = entry.trim();
  if (["loopback", "linklocal", "uniquelocal"].includes(trimmed)) return true;
  const [address = "", prefix, ...rest] = trimmed.split("/");
  if (isIP(address) === 0 || rest.length > 0) return false;
  return (
    prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= bitsOf(address))
  );
}

function bitsOf(address: string): number {
  return isIPv4(address) ? 32 : 128;
}
