import { test, vi } from "vitest";
import { expectAnyOrder } from "./any-order.fixture.js";

vi.setConfig({ testTimeout: 1_800_000 });

test("2,000 times whatever visitors, tabs and deaths do, in any order: every promise is kept", async () => {
  await expectAnyOrder({ runs: 2_000, seed: 1126 });
});
