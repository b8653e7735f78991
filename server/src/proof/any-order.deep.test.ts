import { test, vi } from "vitest";
import { expectAnyOrder } from "./any-order.fixture.js";

vi.setConfig({ testTimeout: 1_800_000 });

// PROOF_SEED and PROOF_RUNS choose other runs than those of the continuous integration.
const seed = Number(process.env["PROOF_SEED"] ?? 1126);
const runs = Number(process.env["PROOF_RUNS"] ?? 300);

test(`${runs} times whatever visitors, tabs and deaths do, in any order: every promise is kept`, async () => {
  await expectAnyOrder({ runs, seed });
});
