import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Store } from "./store.js";

/** The agents that the host keeps in the database. */
export function agentContract(store: () => Store): void {
  describe("agents", () => {
    test.each(["", "\0", "__proto__", "%", randomUUID()])(
      "an unknown one (%j) is null",
      async (id) => {
        expect(await store().agentRow(id)).toBeNull();
      },
    );
  });
}
