import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Store } from "./store.js";
import { newSession, tick } from "./store.fixture.js";

/** How a conversation's matter stands. */
export function outcomeContract(store: () => Store): void {
  describe("outcomes", () => {
    test("nothing is known before something is said; then the last word counts", async () => {
      const { conversationId } = await store().createSession(newSession());
      const unknown = { resolution: null, needsEscalation: null };
      expect(await store().outcome(conversationId)).toEqual(unknown);
      const open = { resolution: "unresolved", needsEscalation: true };
      await store().setOutcome(conversationId, open);
      expect(await store().outcome(conversationId)).toEqual(open);
      const done = { resolution: "resolved", needsEscalation: false };
      await store().setOutcome(conversationId, done);
      await store().setOutcome(conversationId, done);
      expect(await store().outcome(conversationId)).toEqual(done);
    });

    test("one conversation's leaves the others alone", async () => {
      const [one, other] = [
        await store().createSession(newSession()),
        await store().createSession(newSession()),
      ];
      const said = { resolution: "resolved", needsEscalation: false };
      await store().setOutcome(one.conversationId, said);
      expect(await store().outcome(other.conversationId)).toMatchObject({ resolution: null });
    });

    test("what is known does not count as activity", async () => {
      const { organizationId, conversationId } = await store().createSession(newSession());
      const before = await store().hostConversation(organizationId, conversationId);
      await tick();
      await store().setOutcome(conversationId, { resolution: "resolved", needsEscalation: false });
      const after = await store().hostConversation(organizationId, conversationId);
      expect(after).toEqual({ ...before, resolution: "resolved", needsEscalation: false });
    });

    test.each(["", "\0", randomUUID()])("of no conversation (%j) nothing is kept", async (id) => {
      await store().setOutcome(id, { resolution: "resolved", needsEscalation: false });
      expect(await store().outcome(id)).toBeNull();
    });
  });
}
