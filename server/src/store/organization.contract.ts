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

    test("keeps what is written of it, and nothing else of it changes", async () => {
      const id = randomUUID();
      const persona = "Speak like a sailor. 世界";
      expect(await store().saveOrganization({ id, persona })).toEqual({
        id,
        persona,
        budgetUsd: null,
      });
      expect(await store().saveOrganization({ id, budgetUsd: 12.5 })).toEqual({
        id,
        persona,
        budgetUsd: 12.5,
      });
      await store().createSession(newSession({ organizationId: id }));
      const changed = { id, persona: null, budgetUsd: 12.5 };
      expect(await store().saveOrganization({ id, persona: null })).toEqual(changed);
      expect(await store().organization(id)).toEqual(changed);
    });

    test("is made once by many who write at once", async () => {
      const id = randomUUID();
      await Promise.all([
        ...Array.from({ length: 6 }, () => store().saveOrganization({ id, persona: "p" })),
        ...Array.from({ length: 6 }, () => store().saveOrganization({ id, budgetUsd: 1 })),
      ]);
      expect(await store().organization(id)).toEqual({ id, persona: "p", budgetUsd: 1 });
    });

    test.each(["", "__proto__", "org' OR '1'='1"])("is none when its id is %j", async (id) => {
      expect(await store().organization(id)).toBeNull();
    });
  });
}
