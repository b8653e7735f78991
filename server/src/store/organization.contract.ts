import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Store } from "./store.js";
import { newSession } from "./store.fixture.js";

/** The organizations that conversations belong to. */
export function organizationContract(store: () => Store): void {
  describe("an organization", () => {
    test("is there with its first conversation, with nothing of its own", async () => {
      const organizationId = randomUUID();
      expect(await store().organization(organizationId)).toBeNull();
      await store().createSession(newSession({ organizationId }));
      expect(await store().organization(organizationId)).toEqual({
        id: organizationId,
        persona: null,
        budgetUsd: null,
      });
    });

    test.each(["", "__proto__", "org' OR '1'='1"])("is none when its id is %j", async (id) => {
      expect(await store().organization(id)).toBeNull();
    });
  });
}
