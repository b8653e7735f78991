import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { GrantRecord, SessionRecord, ToolCallRecord } from "./records.js";
import type { Store, Verdict } from "./store.js";
import {
  at,
  beginTurn,
  callIn,
  idsOf,
  loadedTurn,
  newSession,
  newStep,
  NOWHERE,
  onlyCall,
  outcomeOf,
  OWNER,
  turnEnd,
  verdict,
  type CallCase,
} from "./store.fixture.js";

const GRANT = { title: "Refund", summary: "Refund $20.00", arguments: '{"amount":20}' };

/** What need not be asked again: granted with a verdict, ended before what it lets run begins, or after. */
export function grantContract(store: () => Store): void {
  const grantsOf = ({ conversationId }: SessionRecord) => store().grants(conversationId);

  /** Approves a call that waits, and ends its turn; what was granted. */
  const granted = async (given: CallCase, over: Partial<Verdict> = {}): Promise<GrantRecord> => {
    const { session, turn, call } = given;
    const source = { ...NOWHERE, sessionId: session.id, userId: session.userId };
    const remembered = { source, grant: GRANT, ...over };
    const decided = await store().decide(verdict(session.conversationId, call, remembered));
    await store().endTurn(turnEnd(turn.id));
    const grant = decided?.grants?.at(-1);
    if (!grant) throw new Error("nothing was granted");
    return grant;
  };

  /** A call of a next turn that nothing was decided about. */
  const nextCall = async (session: SessionRecord) => {
    const { turn } = await beginTurn(store(), session);
    await store().addStep(turn.id, OWNER, newStep(0, 1));
    return { turn, call: onlyCall(await loadedTurn(store(), turn.id)) };
  };
  const start = (turnId: string, call: Pick<ToolCallRecord, "id">, grantId: string) =>
    outcomeOf(store().startToolCall(turnId, OWNER, call.id, grantId));

  describe("a grant", () => {
    test("is kept with who, what and which call, and lets the next one run", async () => {
      const given = await callIn(store(), "awaiting");
      const { session, call } = given;
      const grant = await granted(given);
      expect(grant).toEqual({
        ...GRANT,
        id: grant.id,
        conversationId: session.conversationId,
        sessionId: session.id,
        userId: null,
        toolName: "look",
        toolCallId: call.id,
        createdAt: expect.any(Date) as Date,
      });
      expect(await grantsOf(session)).toEqual([grant]);
      const next = await nextCall(session);
      expect(await start(next.turn.id, next.call, grant.id)).toBe(true);
      expect(onlyCall(await loadedTurn(store(), next.turn.id))).toMatchObject({
        ...{ state: "executing", grantId: grant.id, approved: true, decidedBy: "grant" },
      });
      const { conversationId } = session;
      const page = await store().decisions({ conversationId, limit: 10 });
      expect(page?.decisions).toContainEqual(
        expect.objectContaining({
          ...{ toolCallId: next.call.id, grantId: grant.id, decidedBy: "grant", approved: true },
          ...{ sessionId: session.id, userId: null, origin: null, outcome: null },
          arguments: next.call.arguments,
        }),
      );
      const outcome = {
        from: "executing",
        state: "succeeded",
        result: "r",
        isError: false,
      } as const;
      await store().finishToolCall(next.turn.id, OWNER, next.call.id, outcome);
      const after = await store().decisions({ conversationId, limit: 10 });
      const told = after?.decisions.find(({ toolCallId }) => toolCallId === next.call.id);
      expect(told?.outcome).toBe("succeeded");
    });

    test.each([
      ["with a decline", { approved: false }],
      ["without a session", { source: NOWHERE }],
      ["that is late", { now: at(60) }],
      ["of a session that is gone", { source: { ...NOWHERE, sessionId: "gone" } }],
    ])("is none %s", async (_, over) => {
      const given = await callIn(store(), "awaiting");
      await expect(granted(given, over)).rejects.toThrow("nothing was granted");
      expect(await grantsOf(given.session)).toEqual([]);
    });

    test("ends once, by its own conversation", async () => {
      const given = await callIn(store(), "awaiting");
      const { session } = given;
      const grant = await granted(given);
      const other = await store().createSession(newSession());
      expect(await store().revokeGrant(other.conversationId, grant.id)).toBeNull();
      expect(await store().revokeGrant(session.conversationId, randomUUID())).toBeNull();
      expect(await grantsOf(session)).toHaveLength(1);
      expect(await store().revokeGrant(session.conversationId, grant.id)).toEqual([]);
      expect(await store().revokeGrant(session.conversationId, grant.id)).toBeNull();
      expect(await grantsOf(session)).toEqual([]);
      const next = await nextCall(session);
      const before = await loadedTurn(store(), next.turn.id);
      expect(await start(next.turn.id, next.call, grant.id)).toBe(false);
      expect(await loadedTurn(store(), next.turn.id)).toEqual(before);
    });

    test("of another conversation, or an unknown one, lets nothing run", async () => {
      const grant = await granted(await callIn(store(), "awaiting"));
      const { turn, call } = await callIn(store(), "proposed");
      const before = await loadedTurn(store(), turn.id);
      for (const id of [grant.id, randomUUID()]) expect(await start(turn.id, call, id)).toBe(false);
      expect(await loadedTurn(store(), turn.id)).toEqual(before);
    });

    test("is for what nobody decided: neither a denied call nor another process's", async () => {
      const given = await callIn(store(), "awaiting");
      const grant = await granted(given);
      const next = await nextCall(given.session);
      expect(
        await outcomeOf(store().startToolCall(next.turn.id, "process-b", next.call.id, grant.id)),
      ).toBe("conflict");
      expect(await start(next.turn.id, next.call, grant.id)).toBe(true);
      expect(await start(next.turn.id, next.call, grant.id)).toBe("conflict");
    });

    test("races its end fifty times: what began began before, and is recorded", async () => {
      for (let round = 0; round < 50; round += 1) {
        const given = await callIn(store(), "awaiting");
        const { session } = given;
        const { conversationId } = session;
        const grant = await granted(given);
        const next = await nextCall(session);
        const revoke = () => store().revokeGrant(conversationId, grant.id);
        const run = () => start(next.turn.id, next.call, grant.id);
        const answers =
          round % 2 === 0
            ? await Promise.all([run(), revoke()])
            : (await Promise.all([revoke(), run()])).toReversed();
        expect(answers[1], "the end is always in time").toEqual([]);
        const { state } = onlyCall(await loadedTurn(store(), next.turn.id));
        expect(state).toBe(answers[0] === true ? "executing" : "proposed");
        const page = await store().decisions({ conversationId, limit: 10 });
        expect(page?.decisions).toHaveLength(answers[0] === true ? 2 : 1);
        await store().endTurn(turnEnd(next.turn.id));
        const last = await nextCall(session);
        expect(await start(last.turn.id, last.call, grant.id)).toBe(false);
      }
    });

    test("ends when its conversation is claimed, or by whom it is refused, and not by its own user", async () => {
      const given = await callIn(store(), "awaiting");
      const { session } = given;
      await granted(given);
      expect(await store().claimSession({ sessionId: session.id, userId: "ada" })).not.toBeNull();
      expect(await grantsOf(session)).toEqual([]);
      const again = await nextCall(session);
      await store().parkTurn(again.turn.id, OWNER, {
        ...{ toolCallId: again.call.id, confirmation: "{}", expiresAt: at(60) },
      });
      const mine = { session: { ...session, userId: "ada" }, ...again };
      await granted({ ...mine, turn: await loadedTurn(store(), again.turn.id) });
      expect(await grantsOf(session)).toMatchObject([{ userId: "ada" }]);
      await store().claimSession({ sessionId: session.id, userId: "ada" });
      expect(await grantsOf(session)).toHaveLength(1);
      expect(await store().claimSession({ sessionId: session.id, userId: "bob" })).toBeNull();
      expect(await grantsOf(session)).toEqual([]);
    });

    test("goes with its conversation", async () => {
      const given = await callIn(store(), "awaiting");
      const { conversationId, organizationId, id } = given.session;
      await granted(given);
      await store().endSessions(
        { kind: "conversation", conversationId, organizationId },
        "deleted",
      );
      expect(await store().deleteConversation({ conversationId, organizationId })).toBe("deleted");
      expect(await store().grants(conversationId)).toEqual([]);
      expect(await store().session(id)).toBeNull();
    });
  });

  describe("a verdict that changes its call", () => {
    const EDIT = {
      arguments: '{"amount":20}',
      digest: "d".repeat(64),
      confirmation: '{"title":"May I?","arguments":{"amount":20}}',
      original: '{"title":"May I?"}',
    };

    test("stores what is to run, what is shown and what was", async () => {
      const { session, turn, call } = await callIn(store(), "awaiting");
      await store().decide(verdict(session.conversationId, call, { edit: EDIT }));
      const after = onlyCall(await loadedTurn(store(), turn.id));
      expect(after).toMatchObject({
        state: "approved",
        arguments: call.arguments,
        digest: call.digest,
        editedArguments: EDIT.arguments,
        editedDigest: EDIT.digest,
        confirmation: EDIT.confirmation,
        originalConfirmation: EDIT.original,
      });
      const page = await store().decisions({ ...idsOf(session), limit: 1 });
      const edited = { editedArguments: EDIT.arguments, editedDigest: EDIT.digest };
      expect(page?.decisions).toMatchObject([edited]);
    });

    test("counts for the question that was shown alone", async () => {
      const { session, turn, call } = await callIn(store(), "awaiting");
      const before = await loadedTurn(store(), turn.id);
      for (const original of ['{"title":"Other"}', ""]) {
        const edit = { ...EDIT, original };
        expect(await store().decide(verdict(session.conversationId, call, { edit }))).toBeNull();
      }
      expect(await loadedTurn(store(), turn.id)).toEqual(before);
    });

    test("races another one thirty times: one is stored, whole", async () => {
      for (let round = 0; round < 30; round += 1) {
        const { session, turn, call } = await callIn(store(), "awaiting");
        const edits = ["a", "b"].map((text) => ({ ...EDIT, arguments: `"${text}"`, digest: text }));
        const answers = await Promise.all(
          edits.map((edit) => store().decide(verdict(session.conversationId, call, { edit }))),
        );
        const won = answers.findIndex((answer) => answer !== null);
        expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
        const { editedArguments, editedDigest } = onlyCall(await loadedTurn(store(), turn.id));
        expect([editedArguments, editedDigest]).toEqual([
          edits[won]?.arguments,
          edits[won]?.digest,
        ]);
      }
    });
  });
}
