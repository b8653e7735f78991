import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ConversationOverview, ConversationReach, Store } from "./store.js";
import { beginTurn, newSession, OWNER, tick, turnEnd } from "./store.fixture.js";
import type { SessionRecord } from "./records.js";

/** The list of conversations and their titles. */
export function conversationContract(store: () => Store): void {
  /** Tests share a database: everybody here is somebody else. */
  const someone = () => ({ organizationId: randomUUID(), userId: randomUUID() });
  const reachOf = (over: Partial<ConversationReach>): ConversationReach => ({
    owners: [],
    conversationIds: [],
    ...over,
  });
  const ownerReach = (...sessions: SessionRecord[]) =>
    reachOf({
      owners: sessions.map(({ organizationId, agentId, userId, role }) => ({
        organizationId,
        agentId,
        ownerId: userId ?? "",
        isPrincipal: role !== null,
      })),
    });
  const held = (...sessions: SessionRecord[]) =>
    reachOf({ conversationIds: sessions.map(({ conversationId }) => conversationId) });
  const idsOf = (rows: ConversationOverview[]) => rows.map(({ id }) => id);
  const onlyOne = async (session: SessionRecord) => {
    const [row] = await store().conversations(held(session), 1);
    if (!row) throw new Error("the conversation is not listed");
    return row;
  };
  const say = async (session: SessionRecord, text: string, reply?: string) => {
    const { turn } = await beginTurn(store(), session, { text });
    const message = reply === undefined ? undefined : replyOf(session, reply);
    await store().endTurn(turnEnd(turn.id, { reply: message }));
  };

  describe("a list of conversations", () => {
    test("has those of one owner with one agent of one organization, and no other's", async () => {
      const me = someone();
      const open = (over: object) => store().createSession(newSession({ ...me, ...over }));
      const mine = await open({});
      for (const other of [
        { userId: randomUUID() },
        { userId: me.userId.toUpperCase() },
        { userId: null },
        { agentId: "other" },
        { organizationId: randomUUID() },
      ]) {
        await open(other);
      }
      expect(idsOf(await store().conversations(ownerReach(mine), 100))).toEqual([
        mine.conversationId,
      ]);
    });

    test("is the union of what is within reach, each once", async () => {
      const mine = await store().createSession(newSession(someone()));
      const other = await store().createSession(newSession({ ...someone(), agentId: "b" }));
      const anonymous = await store().createSession(newSession());
      await store().createSession(newSession());
      const reach = {
        owners: [...ownerReach(mine, other).owners, ...ownerReach(mine).owners],
        conversationIds: [anonymous.conversationId, mine.conversationId, randomUUID()],
      };
      const listed = idsOf(await store().conversations(reach, 100)).toSorted();
      expect(listed).toEqual([mine, other, anonymous].map((s) => s.conversationId).toSorted());
    });

    test("of nothing within reach is empty", async () => {
      await store().createSession(newSession());
      expect(await store().conversations(reachOf({}), 100)).toEqual([]);
      expect(await store().conversations(reachOf({ conversationIds: ["\0"] }), 100)).toEqual([]);
    });

    test("goes by the newest message, and has at most as many as asked for", async () => {
      const me = someone();
      const sessions: SessionRecord[] = [];
      for (let n = 0; n < 3; n += 1) {
        sessions.push(await store().createSession(newSession(me)));
        await tick();
      }
      const [a, b, c] = sessions as [SessionRecord, SessionRecord, SessionRecord];
      const order = async (limit = 100) => idsOf(await store().conversations(ownerReach(a), limit));
      const named = (...of: SessionRecord[]) => of.map((s) => s.conversationId);
      expect(await order()).toEqual(named(c, b, a));
      await say(a, "hello");
      expect(await order()).toEqual(named(a, c, b));
      await tick();
      await say(b, "hello");
      expect(await order(2)).toEqual(named(b, a));
    });

    test("counts what core history shows, and tells what was said first", async () => {
      const session = await store().createSession(newSession());
      expect(await onlyOne(session)).toMatchObject({
        title: null,
        firstMessage: null,
        messageCount: 0,
      });
      await say(session, "first", "answer");
      await say(session, "second");
      const { turn } = await beginTurn(store(), session, { text: "third" });
      const partial = replyOf(session, "half an ans");
      await store().endTurn(turnEnd(turn.id, { state: "failed", reply: partial }));
      const { conversationId } = session;
      const page = await store().messages({ conversationId, limit: 100, all: false });
      expect(page?.messages).toHaveLength(4);
      expect(await onlyOne(session)).toMatchObject({ firstMessage: "first", messageCount: 4 });
    });
  });

  describe("a title", () => {
    test("is given by the owner, and does not count as activity", async () => {
      const me = someone();
      const first = await store().createSession(newSession(me));
      await say(first, "hello");
      const before = await onlyOne(first);
      await tick();
      const { conversationId } = first;
      expect(await store().renameConversation(conversationId, "Ünï 👩‍🚀", ownerReach(first))).toBe(
        true,
      );
      expect(await onlyOne(first)).toEqual({ ...before, title: "Ünï 👩‍🚀" });
      await tick();
      await say(first, "again");
      const after = await onlyOne(first);
      expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
    });

    test("of whoever gives it does not count as activity", async () => {
      const session = await store().createSession(newSession());
      await say(session, "hello");
      const { updatedAt } = await onlyOne(session);
      const { conversationId, organizationId } = session;
      await tick();
      expect(await store().setTitle(conversationId, "By a model")).toBe(true);
      expect(await onlyOne(session)).toMatchObject({ title: "By a model", updatedAt });
      await store().nameConversation(organizationId, conversationId, "By the host");
      expect(await onlyOne(session)).toMatchObject({ title: "By the host", updatedAt });
      expect(await store().setTitle(conversationId, "By a model")).toBe(false);
    });

    test("is given to a conversation without an owner by who holds a session of it", async () => {
      const anonymous = await store().createSession(newSession());
      const rename = (reach: ConversationReach) =>
        store().renameConversation(anonymous.conversationId, "Mine", reach);
      const stranger = await store().createSession(newSession(someone()));
      expect(await rename(ownerReach(stranger))).toBe(false);
      expect(await rename(held(stranger))).toBe(false);
      expect(await rename(reachOf({}))).toBe(false);
      expect(await rename(held(anonymous))).toBe(true);
      expect((await onlyOne(anonymous)).title).toBe("Mine");
    });

    test("of an owned conversation is its owner's alone", async () => {
      const me = someone();
      const mine = await store().createSession(newSession(me));
      const { conversationId } = mine;
      const others = [
        { ...me, userId: randomUUID() },
        { ...me, agentId: "other" },
        { ...me, organizationId: randomUUID() },
      ];
      for (const other of others) {
        const session = await store().createSession(newSession(other));
        expect(await store().renameConversation(conversationId, "x", ownerReach(session))).toBe(
          false,
        );
      }
      // A session that was opened before the claim sees the conversation, and is not its owner.
      expect(await store().renameConversation(conversationId, "x", held(mine))).toBe(false);
      expect(await store().renameConversation(randomUUID(), "x", ownerReach(mine))).toBe(false);
      expect((await onlyOne(mine)).title).toBeNull();
    });

    test("given while a message comes sets no time back", async () => {
      const session = await store().createSession(newSession());
      const rename = (n: number) =>
        store().renameConversation(session.conversationId, `${n}`, held(session));
      for (let round = 0; round < 5; round += 1) {
        const before = (await onlyOne(session)).updatedAt.getTime();
        await tick();
        const [{ turn }, ...renamed] = await Promise.all([
          beginTurn(store(), session),
          ...Array.from({ length: 5 }, (_, n) => rename(n)),
        ]);
        expect(renamed).toEqual([true, true, true, true, true]);
        expect((await onlyOne(session)).updatedAt.getTime()).toBeGreaterThan(before);
        await store().endTurn(turnEnd(turn.id, { owner: OWNER }));
      }
    });
  });
}

function replyOf({ agentParticipantId }: SessionRecord, text: string) {
  return { id: randomUUID(), participantId: agentParticipantId, text };
}
