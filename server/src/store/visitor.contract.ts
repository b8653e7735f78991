import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SessionRecord } from "./records.js";
import {
  beginTurn,
  callIn,
  loadedTurn,
  messagesOf,
  newSession,
  newStep,
  onlyCall,
  OWNER,
  question,
  turnEnd,
  verdict,
} from "./store.fixture.js";
import { ERASE_ROWS, VISITOR_SECTIONS, type NewSession, type Store } from "./store.js";
import { visitorDocument } from "./visitor-document.js";

type Document = Record<string, Record<string, unknown>[]>;

/** What is kept about visitors: to read, to hand out and to delete. */
export function visitorContract(store: () => Store): void {
  const open = (over: Partial<NewSession> = {}) => store().createSession(newSession(over));
  const exported = async (organizationId: string, userId: string): Promise<Document> => {
    let text = "";
    for await (const piece of visitorDocument(store(), organizationId, userId)) text += piece;
    return JSON.parse(text) as Document;
  };
  const end = ({ organizationId, conversationId }: SessionRecord) =>
    store().endSessions({ kind: "conversation", organizationId, conversationId }, "deleted");
  const erase = ({ conversationId, organizationId }: SessionRecord, idleSince?: Date) =>
    store().deleteConversation({ conversationId, organizationId, ...(idleSince && { idleSince }) });

  /** Turns that ended, each with an answer. */
  const talk = async (session: SessionRecord, turns: number) => {
    for (let turn = 0; turn < turns; turn += 1) {
      const begun = await beginTurn(store(), session, { text: `question ${turn}` });
      await store().addStep(begun.turn.id, OWNER, newStep(0));
      const reply = {
        id: randomUUID(),
        participantId: session.agentParticipantId,
        text: `answer ${turn}`,
      };
      await store().endTurn(turnEnd(begun.turn.id, { reply }));
    }
  };

  /** A turn with a call that the visitor denied, and its end. */
  const decide = async (session: SessionRecord) => {
    const { turn } = await beginTurn(store(), session);
    await store().addStep(turn.id, OWNER, newStep(0, 1));
    const call = onlyCall(await loadedTurn(store(), turn.id));
    await store().parkTurn(turn.id, OWNER, question(call.id));
    const source = { sessionId: session.id, userId: session.userId, origin: "https://a.example" };
    const made = { source, approved: false, reason: "Because I say so." };
    await store().decide(verdict(session.conversationId, call, made));
    await store().endTurn(turnEnd(turn.id));
  };

  describe("a principal with the id of a visitor", () => {
    test("is not listed, handed out or deleted as the visitor", async () => {
      const [userId, organizationId] = [randomUUID(), randomUUID()];
      const who = { userId, organizationId };
      const principal = await open({ ...who, role: "", userName: "Grace" });
      await talk(principal, 1);
      expect(await store().hasVisitor(organizationId, userId)).toBe(false);
      const visitor = await open(who);
      await talk(visitor, 1);
      const { sessions } = (await store().visitorSessions({ ...who, limit: 9 })) ?? {};
      expect(sessions?.map(({ id }) => id)).toEqual([visitor.id]);
      const document = JSON.stringify(await exported(organizationId, userId));
      expect(document).toContain(visitor.id);
      const { id, conversationId, userParticipantId } = principal;
      for (const part of [id, conversationId, userParticipantId, "Grace"]) {
        expect(document).not.toContain(part);
      }
      const own = await store().visitorConversations(organizationId, userId);
      expect(own).toEqual([visitor.conversationId]);
      await end(principal);
      await store().forgetVisitor(organizationId, userId);
      expect(await store().session(id)).toEqual({ ...principal, status: "ended" });
      expect(await messagesOf(store(), conversationId)).toHaveLength(2);
    });
  });

  describe("the export of a visitor", () => {
    test("has everything that is theirs, and nothing of anybody else's", async () => {
      const [userId, organizationId] = [randomUUID(), randomUUID()];
      const visitor = { userId, organizationId, userName: "Ada", userEmail: "ada@example.com" };
      const session = await open({ ...visitor, metadata: { plan: "gold" } });
      const { conversationId } = session;
      const again = await open({ ...visitor, conversationId });
      await talk(session, 2);
      await decide(again);
      for (const other of [
        await open({ userId: randomUUID(), organizationId }),
        await open({ userId, organizationId: randomUUID() }),
      ]) {
        await talk(other, 1);
      }
      const document = await exported(organizationId, userId);
      expect(document).toMatchObject({ organizationId, userId });
      expect(document["conversations"]).toMatchObject([{ id: conversationId, ownerId: userId }]);
      expect(document["participants"]).toHaveLength(2);
      expect(document["participants"]).toContainEqual(
        expect.objectContaining({ name: "Ada", email: "ada@example.com", externalId: userId }),
      );
      expect(document["sessions"]?.map(({ id }) => id).toSorted()).toEqual(
        [session.id, again.id].toSorted(),
      );
      expect(document["sessions"]).toContainEqual(
        expect.objectContaining({ metadata: { plan: "gold" } }),
      );
      const texts = document["messages"]?.map(({ text }) => text);
      expect(texts?.toSorted()).toEqual([
        "answer 0",
        "answer 1",
        "hello",
        "question 0",
        "question 1",
      ]);
      expect(document["turns"]).toHaveLength(3);
      expect(document["turns"]).toContainEqual(
        expect.objectContaining({
          steps: [
            expect.objectContaining({ toolCalls: [expect.objectContaining({ name: "look" })] }),
          ],
        }),
      );
      expect(document["decisions"]).toMatchObject([{ userId, reason: "Because I say so." }]);
    });

    test("comes in pages, each row once", async () => {
      const [userId, organizationId] = [randomUUID(), randomUUID()];
      const session = await open({ userId, organizationId });
      await talk(session, 60);
      const pages: string[] = [];
      for await (const { section, rows } of store().exportVisitor(organizationId, userId)) {
        expect(rows.length).toBeLessThanOrEqual(100);
        pages.push(...rows.map(({ id }) => `${section} ${String(id)}`));
      }
      expect(new Set(pages).size).toBe(pages.length);
      const messages = await messagesOf(store(), session.conversationId);
      expect(pages.filter((page) => page.startsWith("messages"))).toHaveLength(120);
      expect(pages).toContain(`messages ${messages[0]?.id}`);
    });

    test("of somebody who is not known is empty", async () => {
      const document = await exported("org", randomUUID());
      for (const section of VISITOR_SECTIONS) expect(document[section]).toEqual([]);
    });
  });

  describe("the deletion of a conversation", () => {
    test("leaves nothing of it, and the others as they are", async () => {
      const [session, other] = [await open({ userId: "u1" }), await open({ userId: "u1" })];
      for (const each of [session, other]) {
        await talk(each, 2);
        await decide(each);
      }
      await end(session);
      expect(await erase(session)).toBe("deleted");
      expect(await erase(session)).toBe("unknown");
      expect(await store().session(session.id)).toBeNull();
      expect(await messagesOf(store(), session.conversationId)).toEqual([]);
      expect(await store().currentTurns(session.conversationId)).toEqual({
        active: null,
        last: null,
      });
      expect(await messagesOf(store(), other.conversationId)).not.toEqual([]);
      const decisions = async ({ conversationId }: SessionRecord) =>
        (await store().decisions({ conversationId, limit: 10 }))?.decisions;
      const nobody = { userId: null, sessionId: null, origin: null, reason: null };
      expect(await decisions(session), "the record stays, without who").toMatchObject([nobody]);
      expect(await decisions(other)).toMatchObject([{ userId: "u1", sessionId: other.id }]);
    });

    test("goes on in steps through a long one", async () => {
      const session = await open();
      await talk(session, ERASE_ROWS + 5);
      await end(session);
      expect(await erase(session)).toBe("deleted");
      expect(await store().session(session.id)).toBeNull();
      expect(await messagesOf(store(), session.conversationId)).toEqual([]);
    });

    test("waits for a turn that runs or is parked, and is nobody else's", async () => {
      const parked = await callIn(store(), "awaiting");
      const running = await beginTurn(store());
      for (const { session, turn } of [parked, running]) {
        await end(session);
        expect(await erase(session)).toBe("busy");
        const elsewhere = { ...session, organizationId: "other" };
        expect(await erase(elsewhere)).toBe("unknown");
        expect(await store().turn(turn.id)).not.toBeNull();
        await store().endTurn(turnEnd(turn.id, { owner: null, state: "cancelled" }));
        expect(await erase(session)).toBe("deleted");
      }
    });

    test("of an idle one is not that of one in which something happened", async () => {
      const session = await open();
      await talk(session, 1);
      expect(await erase(session, new Date(Date.now() - 60_000))).toBe("busy");
      expect(await erase(session, new Date(Date.now() + 60_000))).toBe("deleted");
    });

    test("by ten at once happens once, while its visitor comes back", async () => {
      for (let round = 0; round < 10; round += 1) {
        const [userId, organizationId] = [randomUUID(), randomUUID()];
        const session = await open({ userId, organizationId });
        const { conversationId } = session;
        await talk(session, 1);
        const come = () => open({ userId, organizationId, conversationId });
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, n) => (n % 3 === 2 ? come() : erase(session))),
        );
        expect(results.filter((result) => result === "deleted")).toHaveLength(1);
        const { sessions } = await exported(organizationId, userId);
        for (const { conversationId: id } of sessions ?? []) expect(id).not.toBe(conversationId);
      }
    });
  });

  describe("idle conversations", () => {
    test("are those without a turn in which nothing happened for long, oldest first", async () => {
      const [old, older, waiting] = [await open(), await open(), await callIn(store(), "awaiting")];
      await talk(old, 1);
      const ids = [older, old, waiting.session].map(({ conversationId }) => conversationId);
      const found = await store().idleConversations(new Date(Date.now() + 60_000), 100_000);
      expect(found.filter((id) => ids.includes(id))).toEqual(ids.slice(0, 2));
      const past = await store().idleConversations(new Date(Date.now() - 600_000), 100_000);
      expect(past.filter((id) => ids.includes(id))).toEqual([]);
      expect(await store().idleConversations(new Date(Date.now() + 60_000), 1)).toHaveLength(1);
      const organizationId = randomUUID();
      const { conversationId } = await open({ organizationId });
      const later = new Date(Date.now() + 60_000);
      expect(await store().idleConversations(later, 10, organizationId)).toEqual([conversationId]);
      await store().endTurn(turnEnd(waiting.turn.id, { owner: null, state: "cancelled" }));
    });
  });

  describe("what is left of a visitor elsewhere", () => {
    test("is forgotten, and only theirs", async () => {
      const [userId, organizationId] = [randomUUID(), randomUUID()];
      const [mine, other] = [
        await open({ userId, organizationId }),
        await open({ userId: "u2", organizationId }),
      ];
      for (const each of [mine, other]) await decide(each);
      expect(await store().forgetVisitor(organizationId, userId), "still open").toBe(0);
      await end(mine);
      expect(await store().forgetVisitor(randomUUID(), userId)).toBe(0);
      expect(await store().forgetVisitor(organizationId, userId)).toBe(1);
      expect(await store().forgetVisitor(organizationId, userId)).toBe(0);
      const page = await store().decisions({ organizationId, limit: 10 });
      const users = page?.decisions.map((decision) => decision.userId);
      expect(users).toHaveLength(2);
      expect(new Set(users)).toEqual(new Set([null, "u2"]));
      expect(await store().session(other.id)).not.toBeNull();
      const { participants, decisions } = await exported(organizationId, userId);
      expect(JSON.stringify(participants)).not.toContain(userId);
      expect(JSON.stringify(decisions)).not.toContain("Because");
    });
  });

  describe("whether a visitor is known", () => {
    test("is so for as long as anything is kept about them, in their organization", async () => {
      const [userId, organizationId] = [randomUUID(), randomUUID()];
      const known = () => store().hasVisitor(organizationId, userId);
      expect(await known()).toBe(false);
      const session = await open({ userId, organizationId });
      await decide(session);
      expect(await known()).toBe(true);
      expect(await store().hasVisitor("org", userId)).toBe(false);
      await end(session);
      await erase(session);
      await store().forgetVisitor(organizationId, userId);
      expect(await known()).toBe(false);
    });
  });

  describe("a visitor's sessions", () => {
    test("are read in pages, newest first, in one organization", async () => {
      const [userId, organizationId] = [randomUUID(), randomUUID()];
      const opened: string[] = [];
      for (let n = 0; n < 5; n += 1) opened.push((await open({ userId, organizationId })).id);
      await open({ userId: "u2", organizationId });
      const listed: string[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const query = { organizationId, userId, limit: 2, ...(cursor && { cursor }) };
        const page = await store().visitorSessions(query);
        listed.push(...(page?.sessions.map(({ id }) => id) ?? []));
        cursor = page?.nextCursor ?? undefined;
        more = cursor !== undefined;
      }
      expect(listed.toSorted()).toEqual(opened.toSorted());
      const [cursor] = opened;
      const foreign = { organizationId: "other", userId, limit: 2 };
      expect(await store().visitorSessions(foreign)).toEqual({ sessions: [], nextCursor: null });
      expect(await store().visitorSessions({ ...foreign, ...(cursor && { cursor }) })).toBeNull();
    });
  });

  describe("the counts of signatures", () => {
    test("go when their window is over", async () => {
      const use = { id: randomUUID(), origin: "", maxUses: 1 };
      const expiresAt = new Date(Date.now() + 60_000);
      expect(await store().useAuthContext({ ...use, expiresAt })).toBe(true);
      await store().deleteExpiredSignatures(new Date());
      expect(await store().useAuthContext({ ...use, expiresAt })).toBe(false);
      await store().deleteExpiredSignatures(new Date(Date.now() + 61_000));
      expect(await store().useAuthContext({ ...use, expiresAt })).toBe(true);
    });
  });
}
