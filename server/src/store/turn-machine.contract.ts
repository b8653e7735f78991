import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SessionRecord, ToolCallRecord, TurnWithSteps } from "./records.js";
import type { CallEdit, Store } from "./store.js";
import {
  at,
  idsOf,
  newSession,
  newStep,
  NOT_RUN,
  UNANSWERED,
  NOWHERE,
  outcomeOf,
  question,
  turnEnd,
  turnOf,
} from "./store.fixture.js";
import { TurnModel, type TurnOperation } from "./turn-model.fixture.js";

const owner = fc.constantFrom("a", "b");
const pick = fc.constantFrom(0, 0, 0, 1, 2);
const request = fc.nat({ max: 15 });
const approved = fc.boolean();
const rarelyNot = fc.constantFrom(true, true, true, false);
const late = fc.boolean();
const from = fc.constantFrom("executing", "executing", "denied", "proposed");
const someGrant = fc.option(pick, { freq: 1 });
const state = fc.constantFrom("completed", "failed", "cancelled");

const operation: fc.Arbitrary<TurnOperation> = fc.oneof(
  weighted(2, { type: fc.constant("begin"), request, owner }),
  weighted(1, { type: fc.constant("claim"), turn: pick, owner }),
  weighted(1, { type: fc.constant("lease"), owner, has: fc.boolean() }),
  weighted(3, { type: fc.constant("step"), turn: pick, owner, calls: fc.constantFrom(1, 1, 2, 0) }),
  weighted(4, { type: fc.constant("park"), turn: pick, owner, call: pick }),
  weighted(3, {
    type: fc.constant("decide"),
    call: pick,
    owner,
    approved,
    isShown: rarelyNot,
    late,
    edits: fc.boolean(),
    isOriginal: rarelyNot,
    remembers: fc.boolean(),
  }),
  weighted(1, { type: fc.constant("revoke"), grant: pick }),
  weighted(2, {
    type: fc.constant("expire"),
    turn: pick,
    owner: fc.option(owner, { freq: 2 }),
    late,
  }),
  weighted(2, { type: fc.constant("start"), turn: pick, owner, call: pick, grant: someGrant }),
  weighted(2, { type: fc.constant("finish"), call: pick, owner, from }),
  weighted(2, {
    type: fc.constant("end"),
    turn: pick,
    owner: fc.option(owner, { freq: 1 }),
    state,
  }),
);
const script = fc.array(fc.tuple(operation, rarelyNot), {
  minLength: 20,
  maxLength: 40,
  size: "max",
});

function weighted<Type>(weight: number, fields: { [Key in keyof Type]: fc.Arbitrary<Type[Key]> }) {
  return { weight, arbitrary: fc.record(fields) };
}

/** The turn state machine, driven at random beside a model of it. */
export function turnMachineContract(store: () => Store): void {
  describe("the turn state machine", () => {
    test("any sequence of changes has the answers and leaves the states of the model", async () => {
      await fc.assert(
        fc.asyncProperty(script, async (operations) => {
          const session = await store().createSession(newSession());
          const model = new TurnModel();
          for (const process of ["a", "b"]) await store().leaveProcess(process);
          const terminals = new Map<string, string>();
          for (const [loose, isAimed] of operations) {
            const change = isAimed ? model.aimed(loose) : loose;
            const expected = model.apply(change);
            const answer = await perform(store(), session, model, change);
            expect({ change, answer }).toEqual({ change, answer: expected });
            await expectAgreement(store(), session.conversationId, model, terminals);
          }
        }),
        { numRuns: 15 },
      );
    });
  });
}

/** Carries the operation out on the store; its answer in the model's terms. */
async function perform(
  store: Store,
  session: SessionRecord,
  model: TurnModel,
  change: TurnOperation,
): Promise<unknown> {
  const turnId = "turn" in change ? (model.turn(change.turn)?.id ?? randomUUID()) : "";
  const call = "call" in change ? model.call(change.call) : undefined;
  const toolCallId = call?.id ?? randomUUID();
  switch (change.type) {
    case "begin": {
      const input = { ...idsOf(session), requestId: `r${change.request}`, text: "hi", model: "m" };
      const begun = await store.beginTurn({ ...input, owner: change.owner });
      if (begun.outcome === "started") model.named(begun.turn.id);
      return begun.outcome;
    }
    case "claim":
      return store.claimTurn(turnId, change.owner);
    case "step": {
      const index = model.turn(change.turn)?.steps ?? 0;
      const step = newStep(model.lastStepIndex ?? index, change.calls);
      const answer = await outcomeOf(store.addStep(turnId, change.owner, step));
      if (answer !== "conflict") model.called(step.toolCalls);
      return answer;
    }
    case "park":
      return outcomeOf(store.parkTurn(turnId, change.owner, question(toolCallId)));
    case "decide": {
      const decided = await store.decide({
        conversationId: session.conversationId,
        toolCallId,
        digest: change.isShown ? (call?.digest ?? "") : "0".repeat(64),
        approved: change.approved,
        by: "visitor",
        source: { ...NOWHERE, sessionId: session.id },
        reason: undefined,
        ...(change.edits && change.approved && { edit: edit(change.isOriginal) }),
        ...(change.remembers && { grant: GRANT }),
        now: at(change.late ? 60 : 0),
        owner: change.owner,
      });
      const granted = decided?.grants?.find(({ id }) => !model.granted.includes(id));
      if (granted) model.grantNamed(granted.id);
      return decided && decided.turnId;
    }
    case "revoke": {
      const grantId = model.grant(change.grant)?.id ?? randomUUID();
      const left = await store.revokeGrant(session.conversationId, grantId);
      return left && left.map(({ id }) => id).toSorted();
    }
    case "lease": {
      await store.leaveProcess(change.owner);
      if (change.has) await store.enterProcess(change.owner, 60_000);
      return undefined;
    }
    case "expire": {
      const { owner } = change;
      const end = { terminal: randomUUID(), notRun: NOT_RUN, unanswered: UNANSWERED };
      const then = owner === null ? { result: "expired", end } : { owner };
      const expired = await store.expire(turnId, at(change.late ? 60 : 0), then);
      return expired && expired.toolCallId;
    }
    case "start":
      return outcomeOf(
        store.startToolCall(
          turnId,
          change.owner,
          toolCallId,
          change.grant === null ? undefined : (model.grant(change.grant)?.id ?? randomUUID()),
        ),
      );
    case "finish": {
      const result = { state: "failed", result: "r", isError: true } as const;
      return outcomeOf(
        store.finishToolCall(call?.turn.id ?? randomUUID(), change.owner, toolCallId, {
          from: change.from,
          ...result,
        }),
      );
    }
    case "end": {
      const { owner, state } = change;
      return store.endTurn(turnEnd(turnId, { owner, state, terminal: randomUUID() }));
    }
  }
}

async function expectAgreement(
  store: Store,
  conversationId: string,
  model: TurnModel,
  terminals: Map<string, string>,
): Promise<void> {
  const { active, last } = await store.currentTurns(conversationId);
  const past = (await store.past(conversationId, 100)).flatMap(turnOf);
  const live = model.turns.filter(({ state }) => state === "running" || state === "parked");
  expect(live.length, "at most one live turn").toBeLessThanOrEqual(1);
  expect(active?.id).toBe(live[0]?.id);
  expect(last?.id).toBe(past[0]?.id);
  const stored = [...past].reverse().concat(active ?? []);
  expect(stored.map(seen)).toEqual(model.turns.map(seen));
  const grants = await store.grants(conversationId);
  expect(grants.map(({ id }) => id).toSorted()).toEqual(model.granted.toSorted());
  for (const { id, terminal } of past) {
    expect(terminal).not.toBeNull();
    expect(terminal, "a terminal never changes").toBe(terminals.get(id) ?? terminal);
    terminals.set(id, terminal ?? "");
  }
}

const SHOWN = question("").confirmation;
const EDITED = '{"title":"May I, then?"}';
const GRANT = { title: "t", summary: "s", arguments: "{}" };

function edit(isOriginal: boolean): CallEdit {
  const original = isOriginal ? SHOWN : EDITED;
  return { arguments: '{"n":"edited"}', digest: "0", confirmation: EDITED, original };
}

type SeenCall = Pick<ToolCallRecord, "id" | "state" | "approved" | "grantId"> &
  ({ isEdited: boolean } | Pick<ToolCallRecord, "editedArguments" | "confirmation">);

function seenCall({ id, state, approved, grantId, ...call }: SeenCall): unknown {
  const isEdited =
    "isEdited" in call
      ? call.isEdited
      : call.editedArguments !== null && call.confirmation === EDITED;
  return { id, state, approved, grantId, isEdited };
}

interface Seen {
  id: string;
  state: string;
  attempts: number;
  calls?: readonly SeenCall[];
  steps: number | TurnWithSteps["steps"];
}

/** What is compared of a turn of the model and of the same one in the store. */
function seen({ id, state, attempts, steps, calls }: Seen): unknown {
  const all = typeof steps === "number" ? calls : steps.flatMap(({ toolCalls }) => toolCalls);
  const states = all?.map(seenCall);
  const count = typeof steps === "number" ? steps : steps.length;
  return { id, state, attempts, count, states };
}
