import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort } from "./free-port.js";

it("takes the first free port from a number on", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(await freePort(port)).toBeGreaterThan(port);
  taken.close();
  await once(taken, "close");
  expect(await freePort(port)).toBe(port);
});

it("takes any port for 0", async () => {
  expect(await freePort(0)).toBeGreaterThan(0);
});
