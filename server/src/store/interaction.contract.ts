import { TOOL_CALL_STATES } from "@smooth-agent/protocol";
import { describe, expect, test } from "vitest";
import type { InteractionAnswer } from "./interaction-store.js";
import type { Store } from "./store.js";
import {
  at,
  beginTurn,
  callIn,
  loadedTurn,
  newSession,
  newStep,
  onlyCall,
  OWNER,
  turnEnd,
  UNANSWERED,
  verdict,
  type CallCase,
} from "./store.fixture.js";

const FORM = '{"kind":"choices"}';
const ANSWER = '{"status":"submitted"}';

/** The forms that wait for an answer, and what they say of who the visitor is. */
export function interactionContract(store: () => Store): void {
  /** A turn that waits for the answer to a form, of a verified visitor when one is given. */
  async function formIn(over: Parameters<typeof newSession>[0] = {}): Promise<CallCase> {
    const created = await store().createSession(newSession(over));
    const { session, turn } = await beginTurn(store(), created);
    const step = newStep(0, 1);
    await store().addStep(turn.id, OWNER, step);
    const toolCallId = step.toolCalls[0]?.id ?? "";
    await store().parkTurn(turn.id, OWNER, { toolCallId, interaction: FORM, expiresAt: at(60) });
    const loaded = await loadedTurn(store(), turn.id);
    return { session, turn: loaded, call: onlyCall(loaded) };
  }

  const answerTo = (
    { session, call }: CallCase,
    over: Partial<InteractionAnswer> = {},
  ): InteractionAnswer => ({
    conversationId: session.conversationId,
    toolCallId: call.id,
    sessionId: session.id,
    answer: ANSWER,
    declined: false,
    now: at(5),
    owner: "process-b",
    ...over,
  });
  const answer = (given: CallCase, over?: Partial<InteractionAnswer>) =>
    store().answerInteraction(answerTo(given, over));
  const callOf = async ({ turn }: CallCase) => onlyCall(await loadedTurn(store(), turn.id));
  const decisionsOf = async ({ session: { conversationId } }: CallCase) =>
    (await store().decisions({ conversationId, limit: 9 }))?.decisions;
  const expire = ({ turn }: CallCase) => store().expire(turn.id, at(60), { owner: OWNER });

  describe("a form", () => {
    test("waits with what is shown, as no approval of the host's", async () => {
      const given = await formIn();
      expect(given.turn).toMatchObject({ state: "parked", owner: null });
      const stored = { state: "awaiting", interaction: FORM, confirmation: null, answer: null };
      expect(given.call).toMatchObject({ ...stored, expiresAt: at(60) });
      const { conversationId } = given.session;
      const waiting = { organizationId: "org", conversationId, limit: 5 };
      expect(await store().pendingApprovals(waiting)).toMatchObject({ approvals: [] });
    });

    test.each([
      [false, "approved"],
      [true, "denied"],
    ])("answered, declined %s, gives the turn away and is no decision", async (declined, state) => {
      const given = await formIn();
      const { id: turnId, requestId } = given.turn;
      expect(await answer(given, { declined })).toEqual({ turnId, requestId });
      expect(await loadedTurn(store(), turnId)).toMatchObject({
        ...{ state: "running", owner: "process-b", attempts: 1 },
      });
      const verdict = { approved: !declined, decidedBy: "visitor", decidedAt: at(5) };
      const stored = { ...verdict, state, answer: ANSWER, result: null };
      expect(await callOf(given)).toMatchObject(stored);
      expect(await decisionsOf(given)).toEqual([]);
    });

    test.each<[string, (given: CallCase) => Promise<Partial<InteractionAnswer>>]>([
      ["too late", async () => ({ now: at(60) })],
      [
        "in another conversation",
        async () => ({ conversationId: (await formIn()).session.conversationId }),
      ],
      ["of another call", async () => ({ toolCallId: (await formIn()).call.id })],
      [
        "of a session that has ended",
        async ({ session: { id: sessionId } }) => {
          const which = { kind: "session", organizationId: "org", sessionId } as const;
          await store().endSessions(which, "revoked");
          return {};
        },
      ],
    ])("is not answered by what comes %s", async (_, over) => {
      const given = await formIn();
      const changed = await over(given);
      const before = await loadedTurn(store(), given.turn.id);
      for (const declined of [true, false]) {
        const identity = { name: "Eve" };
        expect(await answer(given, { declined, identity, ...changed })).toBeNull();
      }
      expect(await loadedTurn(store(), given.turn.id)).toEqual(before);
      expect(await store().session(given.session.id)).toMatchObject({ userName: "Visitor" });
    });

    test.each(TOOL_CALL_STATES)(
      "is no question: a call that is %s takes no answer",
      async (state) => {
        const given = await callIn(store(), state);
        const before = await loadedTurn(store(), given.turn.id);
        expect(await answer(given)).toBeNull();
        expect(await loadedTurn(store(), given.turn.id)).toEqual(before);
      },
    );

    test("takes no verdict", async () => {
      const given = await formIn();
      const { session, call } = given;
      for (const approved of [true, false]) {
        const verdictOn = verdict(session.conversationId, call, { approved });
        expect(await store().decide(verdictOn)).toBeNull();
      }
      expect(await callOf(given)).toEqual(call);
    });

    test("has one end of answers, an expiry and a cancel that race, a hundred times", async () => {
      for (let round = 0; round < 100; round += 1) {
        const given = await formIn();
        const answers = [`{"n":1}`, `{"n":2}`];
        const attempts = [
          () => answer(given, { answer: answers[0] }),
          () => answer(given, { answer: answers[1], declined: true }),
          () => expire(given),
        ];
        const order = [0, 1, 2].map((n) => (n + round) % 3);
        const outcomes = await Promise.all(order.map(async (n) => attempts[n]?.()));
        const winners = order.filter((_, position) => outcomes[position] !== null);
        expect(winners).toHaveLength(1);
        const won = winners[0] ?? 0;
        const state = (["approved", "denied", "expired"] as const)[won];
        expect(await callOf(given)).toMatchObject({ state, answer: answers[won] ?? null });
      }
    });
  });

  describe("a form that nobody answers", () => {
    test("expires as no decision, with its turn given away", async () => {
      const given = await formIn();
      expect(await expire(given)).toMatchObject({ toolCallId: given.call.id, isForm: true });
      const stored = { state: "expired", decidedBy: "system", result: null };
      expect(await callOf(given)).toMatchObject(stored);
      expect(await decisionsOf(given)).toEqual([]);
    });

    test("expires with its turn, as what is no error", async () => {
      const given = await formIn();
      const { terminal, notRun, unanswered } = turnEnd("");
      const end = { terminal, notRun, unanswered };
      const then = { result: "of a question", end };
      expect(await store().expire(given.turn.id, at(60), then)).toMatchObject({ isForm: true });
      const stored = { state: "expired", result: UNANSWERED, isError: false };
      expect(await callOf(given)).toMatchObject(stored);
      expect(await decisionsOf(given)).toEqual([]);
    });

    test.each<[string, Partial<InteractionAnswer> | null, object]>([
      ["unanswered", null, { state: "denied", approved: false, result: UNANSWERED }],
      ["answered and not told yet", {}, { state: "succeeded", approved: true, result: ANSWER }],
      ["declined and not told yet", { declined: true }, { state: "denied", result: ANSWER }],
    ])("ends with its turn: %s", async (_, answered, stored) => {
      const given = await formIn();
      if (answered) await answer(given, answered);
      await store().endTurn(turnEnd(given.turn.id, { owner: null, state: "cancelled" }));
      expect(await callOf(given)).toMatchObject({ ...stored, isError: false });
      expect(await decisionsOf(given)).toEqual([]);
      expect(await answer(given)).toBeNull();
    });
  });

  describe("what a visitor says of themselves", () => {
    const identity = { name: "Ada", email: "ada@typed.example", phone: "+4930123456" };
    const known = async ({ session }: CallCase) => {
      const read = await store().session(session.id);
      return [read?.userName, read?.userEmail];
    };
    const phonesOf = async (userId: string) => {
      const phones: unknown[] = [];
      for await (const { section, rows } of store().exportVisitor("org", userId)) {
        if (section === "participants") phones.push(...rows.map(({ phone }) => phone));
      }
      return phones.filter(Boolean);
    };

    test("is kept with the answer; of what was not said nothing changes", async () => {
      const given = await formIn({ userName: "Eve", userEmail: "eve@example.com" });
      await answer(given, { identity: { name: "Ada" } });
      expect(await known(given)).toEqual(["Ada", "eve@example.com"]);
      await store().keepIdentity(given.session.id, identity);
      expect(await known(given)).toEqual(["Ada", "ada@typed.example"]);
      expect(await store().session(given.session.id)).toMatchObject({ userId: null });
    });

    test("never takes the place of what is known of a verified visitor", async () => {
      const vouched = { userId: "vouched", userName: "Grace", userEmail: "grace@example.com" };
      const given = await formIn(vouched);
      await answer(given, { identity });
      expect(await known(given)).toEqual(["Grace", "grace@example.com"]);
      expect(await phonesOf("vouched"), "nobody vouches for one").toEqual([identity.phone]);
    });

    test("fills what is not known of one", async () => {
      const given = await formIn({ userId: "unnamed" });
      await answer(given, { identity });
      expect(await known(given)).toEqual([identity.name, identity.email]);
      await store().keepIdentity(given.session.id, { name: "Eve", email: "eve@example.com" });
      expect(await known(given), "once").toEqual([identity.name, identity.email]);
    });

    test("of a session that nobody has is of nobody", async () => {
      await expect(store().keepIdentity("none", identity)).resolves.toBeUndefined();
    });
  });
}
