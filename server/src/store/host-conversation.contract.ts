import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostConversation, HostConversationQuery } from "./host-conversation-store.js";
import type { Store } from "./store.js";
import { beginTurn, newSession, newStep, OWNER, question, turnEnd } from "./store.fixture.js";

/** Conversations as the host looks at them. */
export function hostConversationContract(store: () => Store): void {
  const opened = async (
    organizationId: string,
    over: Partial<ReturnType<typeof newSession>> = {},
  ) => (await store().createSession(newSession({ organizationId, ...over }))).conversationId;
  const page = async (query: Partial<HostConversationQuery>) => {
    const read = await store().hostConversations({ organizationId: "?", limit: 100, ...query });
    if (!read) throw new Error("the cursor was refused");
    return read;
  };
  const ids = async (query: Partial<HostConversationQuery>) =>
    (await page(query)).conversations.map(({ id }) => id);
  /** Lets the clock of `updatedAt` go on, so that the order of what follows is certain. */
  const tick = async () => {
    const now = Date.now();
    while (Date.now() === now) await store().ping();
  };

  describe("conversations of the host", () => {
    test("one is told with everybody in it and how it stands", async () => {
      const organizationId = randomUUID();
      const over = { userId: "ada", userName: "Ada", userEmail: "ada@example.com" };
      const session = await store().createSession(newSession({ organizationId, ...over }));
      const { conversationId } = session;
      const { turn } = await beginTurn(store(), session);
      const summary: HostConversation = {
        id: conversationId,
        agentId: "shop",
        ownerId: "ada",
        title: null,
        titledBy: null,
        handOff: null,
        handOffReason: null,
        handOffName: null,
        handOffAt: null,
        resolution: null,
        needsEscalation: null,
        turnState: "running",
        messageCount: 1,
        createdAt: expect.any(Date) as Date,
        updatedAt: expect.any(Date) as Date,
      };
      expect(await page({ organizationId })).toEqual({
        conversations: [summary],
        nextCursor: null,
      });
      const detail = await store().hostConversation(organizationId, conversationId);
      expect(detail).toEqual({
        ...summary,
        participants: expect.any(Array) as unknown[],
        workflow: null,
        usage: { promptTokens: 0, completionTokens: 0, costUsd: 0 },
      });
      const people = detail?.participants.toSorted((a, b) => a.type.localeCompare(b.type));
      expect(people).toEqual([
        {
          id: session.agentParticipantId,
          type: "ai-agent",
          name: "Shop",
          externalId: null,
          email: null,
        },
        {
          id: session.userParticipantId,
          type: "user",
          name: "Ada",
          externalId: "ada",
          email: "ada@example.com",
        },
      ]);
      const step = newStep(0, 1);
      await store().addStep(turn.id, OWNER, step);
      await store().parkTurn(turn.id, OWNER, question(step.toolCalls[0]?.id ?? ""));
      expect((await page({ organizationId })).conversations).toMatchObject([
        { turnState: "parked" },
      ]);
      const reply = { id: randomUUID(), participantId: session.agentParticipantId, text: "" };
      await store().endTurn(turnEnd(turn.id, { owner: null, state: "cancelled", reply }));
      expect((await page({ organizationId })).conversations).toMatchObject([
        { turnState: null, messageCount: 1 },
      ]);
    });

    test("one of another organization is as unknown as one that is none", async () => {
      const organizationId = randomUUID();
      const id = await opened(organizationId);
      const elsewhere = randomUUID();
      expect(await store().hostConversation(elsewhere, id)).toBeNull();
      expect(await store().nameConversation(elsewhere, id, "Mine")).toBe(false);
      expect(await ids({ organizationId: elsewhere })).toEqual([]);
      for (const unknown of ["", "\0", "__proto__", randomUUID()]) {
        expect(await store().hostConversation(organizationId, unknown)).toBeNull();
        expect(await store().nameConversation(organizationId, unknown, "Mine")).toBe(false);
      }
      expect(await store().hostConversation(organizationId, id)).toMatchObject({ title: null });
    });

    test("one gets its title from the host", async () => {
      const organizationId = randomUUID();
      const id = await opened(organizationId);
      const before = await store().hostConversation(organizationId, id);
      await tick();
      expect(await store().nameConversation(organizationId, id, "A broken kettle")).toBe(true);
      // A title is no activity.
      expect(await store().hostConversation(organizationId, id)).toEqual({
        ...before,
        title: "A broken kettle",
        titledBy: "host",
      });
    });

    test("are filtered by agent, visitor, instant and how they stand", async () => {
      const organizationId = randomUUID();
      const shop = await opened(organizationId, { userId: "ada" });
      await tick();
      const help = await opened(organizationId, { agentId: "help", userId: "bob" });
      expect(await ids({ organizationId })).toEqual([help, shop]);
      expect(await ids({ organizationId, agentId: "shop" })).toEqual([shop]);
      expect(await ids({ organizationId, ownerId: "bob" })).toEqual([help]);
      expect(await ids({ organizationId, agentId: "shop", ownerId: "bob" })).toEqual([]);
      expect(await ids({ organizationId, needsEscalation: true })).toEqual([]);
      expect(await ids({ organizationId, needsEscalation: false })).toEqual([help, shop]);
      expect(await ids({ organizationId, handOff: ["waiting"] })).toEqual([]);
      expect(await ids({ organizationId, handOff: ["waiting", null] })).toEqual([help, shop]);
      const since = (await store().hostConversation(organizationId, help))?.updatedAt;
      expect(await ids({ organizationId, since })).toEqual([help]);
      expect(await ids({ organizationId, until: since })).toEqual([shop]);
    });

    test("are read in pages, newest activity first, nothing twice while things happen", async () => {
      const organizationId = randomUUID();
      const sessions = [];
      for (let n = 0; n < 6; n += 1) {
        sessions.push(await store().createSession(newSession({ organizationId })));
        await tick();
      }
      const [oldest] = sessions;
      if (!oldest) throw new Error("a session is needed");
      const order = sessions.map(({ conversationId }) => conversationId).reverse();
      const first = await page({ organizationId, limit: 2 });
      expect(first.conversations.map(({ id }) => id)).toEqual(order.slice(0, 2));
      // What the cursor stands on becomes the newest one, and so does one that was not read yet.
      const { turn } = await beginTurn(store(), sessions[4]);
      await beginTurn(store(), oldest);
      await store().endTurn(turnEnd(turn.id));
      const rest: string[] = [];
      for (let cursor = first.nextCursor; cursor !== null;) {
        const next = await page({ organizationId, limit: 2, cursor });
        rest.push(...next.conversations.map(({ id }) => id));
        cursor = next.nextCursor;
      }
      expect(rest).toEqual(order.slice(2, 5));
      for (const cursor of ["", "nope", randomUUID(), "MA"]) {
        expect(await store().hostConversations({ organizationId, limit: 2, cursor })).toBeNull();
      }
    });

    test("whatever happens while someone pages, nothing is read twice and nothing quiet is missed", async () => {
      const touched = fc.array(fc.array(fc.nat(6), { maxLength: 3 }), { maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(touched, fc.integer({ min: 1, max: 4 }), async (touches, limit) => {
          const organizationId = randomUUID();
          const all = await Promise.all(
            Array.from({ length: 7 }, () => store().createSession(newSession({ organizationId }))),
          );
          const moved = new Set<string>();
          const read: string[] = [];
          for (let cursor: string | undefined, n = 0; ; n += 1) {
            const next = await page({ organizationId, limit, cursor });
            read.push(...next.conversations.map(({ id }) => id));
            if (next.nextCursor === null) break;
            cursor = next.nextCursor;
            for (const index of touches[n] ?? []) {
              const session = all[index];
              if (!session) continue;
              await tick();
              const { turn } = await beginTurn(store(), session);
              await store().endTurn(turnEnd(turn.id));
              moved.add(session.conversationId);
            }
          }
          expect(new Set(read).size).toBe(read.length);
          const quiet = all
            .map(({ conversationId }) => conversationId)
            .filter((id) => !moved.has(id));
          expect(read).toEqual(expect.arrayContaining(quiet));
        }),
        { numRuns: 15 },
      );
    });
  });
}
