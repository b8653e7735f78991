import { test, vi } from "vitest";
import { expectAnyOrder } from "./any-order.fixture.js";

vi.setConfig({ testTimeout: 120_000 });

test("whatever visitors, tabs and deaths do, in any order: every promise is kept", async () => {
  await expectAnyOrder({ runs: 40, seed: 20261126 });
});
