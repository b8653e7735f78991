import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { HandOffStep } from "./hand-off-store.js";
import type { SessionRecord } from "./records.js";
import type { Store } from "./store.js";
import { at, beginTurn, callIn, newSession, tick } from "./store.fixture.js";

/** Hand-offs to a person: each step is one conditional update. */
export function handOffContract(store: () => Store): void {
  const step = (session: SessionRecord, over: Partial<HandOffStep>): HandOffStep => ({
    conversationId: session.conversationId,
    organizationId: session.organizationId,
    from: [null],
    to: "requested",
    name: null,
    reason: undefined,
    at: at(1),
    ...over,
  });

  describe("hand-offs", () => {
    test("go on from the states they may, and are read back as they were written", async () => {
      const session = await store().createSession(newSession());
      const { conversationId } = session;
      expect(await store().handOff(conversationId)).toBeNull();
      const requested = { state: "requested", name: null, reason: "A refund", at: at(1) };
      expect(await store().changeHandOff(step(session, { reason: "A refund" }))).toEqual({
        isChanged: true,
        handOff: requested,
      });
      expect(await store().changeHandOff(step(session, { reason: "Again", at: at(2) }))).toEqual({
        isChanged: false,
        handOff: requested,
      });
      const active = { from: ["waiting", "requested"], to: "active", name: "Ana" } as const;
      expect(await store().changeHandOff(step(session, { ...active, at: at(3) }))).toEqual({
        isChanged: true,
        handOff: { state: "active", name: "Ana", reason: "A refund", at: at(3) },
      });
      expect(await store().handOff(conversationId)).toMatchObject({ state: "active", name: "Ana" });
      const ended = step(session, { from: ["active"], to: null, at: at(4) });
      expect(await store().changeHandOff(ended)).toEqual({ isChanged: true, handOff: null });
      expect(await store().changeHandOff(ended)).toEqual({ isChanged: false, handOff: null });
      expect(await store().handOff(conversationId)).toBeNull();
    });

    test("pass from one person to another, and not to the same", async () => {
      const session = await store().createSession(newSession());
      const over = { from: [null, "active"], to: "active" } as const;
      const by = (name: string) => store().changeHandOff(step(session, { ...over, name }));
      expect(await by("Ana")).toMatchObject({ isChanged: true });
      expect(await by("Ana")).toMatchObject({ isChanged: false, handOff: { name: "Ana" } });
      expect(await by("Bo")).toMatchObject({ isChanged: true, handOff: { name: "Bo" } });
    });

    test("of two that take over at once from the same state, one does", async () => {
      const session = await store().createSession(newSession());
      const over = { from: [null], to: "active" } as const;
      const names = ["Ana", "Bo", "Cleo", "Dan"];
      const taken = await Promise.all(
        names.map((name) => store().changeHandOff(step(session, { ...over, name }))),
      );
      const winners = names.filter((_, index) => taken[index]?.isChanged);
      expect(winners).toHaveLength(1);
      expect(await store().handOff(session.conversationId)).toMatchObject({ name: winners[0] });
    });

    test("do not count as activity: neither the visitor's list nor retention moves", async () => {
      const session = await store().createSession(newSession());
      const { organizationId, conversationId } = session;
      const before = await store().hostConversation(organizationId, conversationId);
      await tick();
      await store().changeHandOff(step(session, { reason: "A refund" }));
      await store().changeHandOff(
        step(session, { from: ["requested"], to: "active", name: "Ana" }),
      );
      await store().changeHandOff(step(session, { from: ["active"], to: null }));
      const after = await store().hostConversation(organizationId, conversationId);
      expect(after?.updatedAt).toEqual(before?.updatedAt);
    });

    test("of another organization's conversation, and of none, are nowhere", async () => {
      const session = await store().createSession(newSession());
      expect(await store().changeHandOff(step(session, { organizationId: "other" }))).toBeNull();
      const unknown = step(session, { conversationId: randomUUID() });
      expect(await store().changeHandOff(unknown)).toBeNull();
      expect(await store().handOff(session.conversationId)).toBeNull();
      expect(await store().handOff(unknown.conversationId)).toBeNull();
    });

    test("a question that was left open while a person took over is found", async () => {
      const { session, turn } = await callIn(store(), "awaiting");
      const beside = await beginTurn(store());
      const mine = async () => (await store().overtakenTurns()).map(({ id }) => id);
      expect(await mine()).not.toContain(turn.id);
      const taken = { to: "active", name: "Ana" } as const;
      await store().changeHandOff(step(session, taken));
      await store().changeHandOff(step(beside.session, taken));
      expect(await mine()).toContain(turn.id);
      expect(await mine(), "what runs falls silent by itself").not.toContain(beside.turn.id);
      await store().changeHandOff(step(session, { from: ["active"], to: null }));
      expect(await mine()).not.toContain(turn.id);
    });
  });
}
