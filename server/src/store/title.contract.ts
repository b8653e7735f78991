import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Store } from "./store.js";
import { newSession } from "./store.fixture.js";

/** The titles that conversations are given by themselves. */
export function titleContract(store: () => Store): void {
  describe("titles", () => {
    test("there is none before one is given, and a later one replaces it", async () => {
      const { conversationId } = await store().createSession(newSession());
      const other = await store().createSession(newSession());
      expect(await store().title(conversationId)).toBeNull();
      expect(await store().setTitle(conversationId, "A lost parcel 📦")).toBe(true);
      expect(await store().title(conversationId)).toBe("A lost parcel 📦");
      expect(await store().setTitle(conversationId, "Found")).toBe(true);
      expect(await store().title(conversationId)).toBe("Found");
      expect(await store().title(other.conversationId)).toBeNull();
    });

    test.each(["", "\0", randomUUID()])("no conversation (%j) has none", async (id) => {
      expect(await store().setTitle(id, "x")).toBe(false);
      expect(await store().title(id)).toBeNull();
    });
  });
}
