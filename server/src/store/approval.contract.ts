import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { PendingApproval } from "./approval-store.js";
import type { Store } from "./store.js";
import {
  at,
  beginTurn,
  callIn,
  newSession,
  newStep,
  OWNER,
  question,
  turnEnd,
  verdict,
} from "./store.fixture.js";

/** The questions that wait for an answer. */
export function approvalContract(store: () => Store): void {
  const parked = async (organizationId: string, seconds: number) => {
    const session = await store().createSession(newSession({ organizationId, userId: "ada" }));
    const { turn } = await beginTurn(store(), session);
    const step = newStep(0, 2);
    const [call] = step.toolCalls;
    if (!call) throw new Error("a call is needed");
    await store().addStep(turn.id, OWNER, step);
    await store().parkTurn(turn.id, OWNER, question(call.id, at(seconds)));
    return { session, turn, call };
  };

  describe("pending approvals", () => {
    test("have what the visitor is shown, and where", async () => {
      const organizationId = randomUUID();
      const { session, turn, call } = await parked(organizationId, 60);
      expect(await store().pendingApprovals({ organizationId, limit: 5 })).toEqual({
        approvals: [
          {
            toolCallId: call.id,
            toolName: "look",
            argumentsDigest: call.digest,
            confirmation: '{"title":"May I?"}',
            expiresAt: at(60),
            turnId: turn.id,
            requestId: turn.requestId,
            conversationId: session.conversationId,
            agentId: "shop",
            ownerId: "ada",
          },
        ],
        nextCursor: null,
      });
      const elsewhere = { organizationId: randomUUID(), limit: 5 };
      const { conversationId } = session;
      expect((await store().pendingApprovals(elsewhere))?.approvals).toEqual([]);
      expect((await store().pendingApprovals({ ...elsewhere, conversationId }))?.approvals).toEqual(
        [],
      );
      await store().endTurn(turnEnd(turn.id, { owner: null, state: "cancelled" }));
      expect((await store().pendingApprovals({ organizationId, limit: 5 }))?.approvals).toEqual([]);
    });

    test.each(["approved", "denied", "expired", "executing", "succeeded"] as const)(
      "have no call that is %s",
      async (state) => {
        const { session, turn } = await callIn(store(), state);
        const { conversationId } = session;
        const page = await store().pendingApprovals({
          organizationId: "org",
          conversationId,
          limit: 5,
        });
        expect(page?.approvals).toEqual([]);
        await store().endTurn(turnEnd(turn.id));
      },
    );

    test("are read in pages, the first to expire first, whatever is answered meanwhile", async () => {
      const organizationId = randomUUID();
      const made: Awaited<ReturnType<typeof parked>>[] = [];
      for (const seconds of [50, 10, 30, 30, 20]) made.push(await parked(organizationId, seconds));
      const read: PendingApproval[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await store().pendingApprovals({ organizationId, limit: 2, cursor });
        if (!page) throw new Error("the cursor was refused");
        read.push(...page.approvals);
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
        // The one that the cursor stands on is answered: it goes on from there all the same.
        const last = made.find(({ call }) => call.id === page.approvals.at(-1)?.toolCallId);
        if (last) await store().endTurn(turnEnd(last.turn.id, { owner: null, state: "cancelled" }));
      }
      expect(read.map(({ expiresAt }) => (Number(expiresAt) - Number(at(0))) / 1_000)).toEqual([
        10, 20, 30, 30, 50,
      ]);
      expect(new Set(read.map(({ toolCallId }) => toolCallId)).size).toBe(5);
      for (const cursor of ["", "x", randomUUID(), "MCBhIA"]) {
        expect(await store().pendingApprovals({ organizationId, limit: 2, cursor })).toBeNull();
      }
    });
  });

  describe("an asked question", () => {
    test("is there for its organization alone, also once it was answered", async () => {
      const organizationId = randomUUID();
      const { session, turn, call } = await parked(organizationId, 60);
      const [waiting] =
        (await store().pendingApprovals({ organizationId, limit: 5 }))?.approvals ?? [];
      expect(await store().askedQuestion(organizationId, call.id)).toEqual({
        ...waiting,
        isPending: true,
      });
      expect(await store().askedQuestion(randomUUID(), call.id)).toBeNull();
      expect(await store().askedQuestion(organizationId, randomUUID())).toBeNull();
      await store().decide(verdict(session.conversationId, call));
      expect(await store().askedQuestion(organizationId, call.id)).toMatchObject({
        toolCallId: call.id,
        isPending: false,
      });
      await store().endTurn(turnEnd(turn.id));
    });

    test("is none that nobody was asked", async () => {
      const { turn, call } = await callIn(store(), "proposed");
      expect(await store().askedQuestion("org", call.id)).toBeNull();
      await store().endTurn(turnEnd(turn.id));
    });
  });

  test("the questions that wait for a visitor are counted over their conversations, up to a bound", async () => {
    const [organizationId, elsewhere] = [randomUUID(), randomUUID()];
    const count = (most: number, userId = "ada", where = organizationId) =>
      store().waitingQuestions(where, userId, most);
    expect(await count(5)).toBe(0);
    const made: Awaited<ReturnType<typeof parked>>[] = [];
    for (let n = 0; n < 3; n += 1) made.push(await parked(organizationId, 60));
    await parked(elsewhere, 60);
    expect(await count(5)).toBe(3);
    expect(await count(2)).toBe(2);
    expect(await count(5, "bob")).toBe(0);
    expect(await count(5, "ada", elsewhere)).toBe(1);
    const [first] = made;
    if (!first) throw new Error("a question is needed");
    await store().decide(verdict(first.session.conversationId, first.call));
    expect(await count(5)).toBe(2);
    await store().endTurn(turnEnd(first.turn.id));
  });
}
