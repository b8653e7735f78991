import { decisionFaults } from "./decision-check.fixture.js";
import { effectFaults } from "./effect-check.fixture.js";
import { formFaults } from "./form-check.fixture.js";
import type { History } from "./history.fixture.js";
import { isolationFaults } from "./isolation-check.fixture.js";
import { orderFaults } from "./order-check.fixture.js";
import { streamFaults } from "./stream-check.fixture.js";
import { turnFaults } from "./turn-check.fixture.js";

/**
 * Judges a run by the promises of the design, from outside: what its clients saw, what the database
 * keeps and what its tools did. Every turn is expected to have ended.
 *
 * @returns each violation in words; nothing when every promise was kept
 */
export function violationsOf(history: History): string[] {
  return [
    ...turnFaults(history),
    ...decisionFaults(history),
    ...effectFaults(history),
    ...formFaults(history),
    ...streamFaults(history),
    ...orderFaults(history),
    ...isolationFaults(history),
  ];
}
