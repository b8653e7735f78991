import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import fc from "fast-check";
import { writeIn } from "../store/database-file.fixture.js";
import type { MortalServer } from "./mortal-server.fixture.js";
import type { Said, Visitor } from "./visitor.fixture.js";

/** What was done so far, as far as it decides what can be done next. */
interface Model {
  isSecondHere: boolean;
  hasSent: boolean;
}

/** One conversation with a server that may die, in two tabs of one visitor. */
export interface Real {
  server: MortalServer;
  tabs: [Visitor, Visitor];
  /** Each question that any tab answered. */
  answered: string[];
}

type Command = fc.AsyncCommand<Model, Real>;

const command = (
  name: string,
  run: (real: Real, model: Model) => Promise<void> | void,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command => ({
  check,
  run: async (model, real) => run(real, model),
  toString: () => name,
});

const PLANS = [
  ...["plain", "read", "refund", "pair", "index", "note", "hold", "steps", "transfer"],
  ...["amend", "standing", "form", "page"],
];

const tabs = fc.constantFrom<0 | 1>(0, 0, 0, 1);
const sent = ({ hasSent }: Readonly<Model>) => hasSent;

const send = fc.tuple(tabs, fc.constantFrom(...PLANS)).map(([tab, plan]) =>
  command(`send ${plan} from ${tab}`, (real, model) => {
    real.tabs[tab].say(plan);
    model.hasSent = true;
  }),
);
const verdict = fc.tuple(tabs, fc.boolean()).map(([tab, approved]) => {
  const name = `${approved ? "confirm" : "deny"} in ${tab}`;
  return command(name, (real) => answer(real, tab, approved), sent);
});
const correction = fc
  .tuple(tabs, fc.constantFrom<Said>({ amount: 20 }, { amount: 30 }))
  .map(([tab, said]) =>
    command(`correct in ${tab}`, (real) => answer(real, tab, said, "amount"), sent),
  );
const grant = tabs.map((tab) =>
  command(`confirm for good in ${tab}`, (real) => answer(real, tab, "remember", "remember"), sent),
);
const revocation = tabs.map((tab) =>
  command(`revoke in ${tab}`, ({ tabs }) => tabs[tab].revoke(), sent),
);
const lateVerdict = fc.boolean().map((approved) => {
  const name = `${approved ? "confirm" : "deny"} once more what was answered`;
  return command(name, (real) => answerAgain(real, approved), sent);
});
const question = tabs.map((tab) =>
  command(`wait for a question in ${tab}`, (real) => asked(real, tab), sent),
);
const turns = fc.integer({ min: 1, max: 60 });
const pass = turns.map((count) =>
  command(`let ${count} turns of the loop pass`, () => turnsOfTheLoop(count)),
);
const kill = turns.map((count) =>
  command(`kill after ${count} turns of the loop`, async ({ server }) => {
    await turnsOfTheLoop(count);
    await server.kill();
  }),
);
const drop = tabs.map((tab) => command(`drop ${tab}`, (real) => real.tabs[tab].drop()));
const duplicate = tabs.map((tab) =>
  command(`duplicate from ${tab}`, (real) => repeatLast(real, tab), sent),
);
const cancel = tabs.map((tab) =>
  command(`cancel in ${tab}`, (real) => cancelLast(real, tab), sent),
);
const expiry = fc.constant(command("expire what is asked", expire, sent));
const secondTab = fc.constant(
  command(
    "open a second tab",
    async ({ tabs }, model) => {
      model.isSecondHere = true;
      await tabs[1].come(tabs[0].ticket);
    },
    ({ isSecondHere }) => !isSecondHere,
  ),
);
const oneTab = fc.constant(
  command(
    "close the second tab",
    async ({ tabs }, model) => {
      model.isSecondHere = false;
      await tabs[1].leave();
    },
    ({ isSecondHere }) => isSecondHere,
  ),
);

// What gets a turn somewhere stands here more often than what disturbs it.
const weighted = [
  ...[send, send, send, question, question, question, verdict, verdict, verdict, pass, pass],
  ...[correction, correction, grant, grant, revocation],
  ...[lateVerdict, kill, kill, drop, duplicate, cancel, expiry, secondTab, oneTab],
];

/** The plan of the first message, and what happens then: in two parts, since a single one is mostly short. */
export const anyOrder = fc.tuple(
  fc.constantFrom(...PLANS),
  fc.commands(weighted, { maxCommands: 12, size: "max" }),
  fc.commands(weighted, { maxCommands: 12, size: "max" }),
);
export type AnyOrder = typeof anyOrder extends fc.Arbitrary<infer Value> ? Value : never;

/** Whether the model falls silent in the middle of this turn. */
export function isHeld(requestId: string, tabs: readonly Visitor[]): boolean {
  return tabs.some((tab) => tab.turns.get(requestId)?.text?.includes(" hold "));
}

async function turnsOfTheLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await turnOfTheLoop();
}

function lastOf(tab: Visitor): string | undefined {
  return [...tab.turns.keys()].at(-1);
}

function repeatLast({ tabs }: Real, index: 0 | 1): void {
  // What the other tab sent is not this one's to repeat.
  const own = [...tabs[index].turns].filter(([, { text }]) => text !== undefined);
  const requestId = own.at(-1)?.[0];
  if (requestId !== undefined) tabs[index].repeat(requestId);
}

function cancelLast({ tabs }: Real, index: 0 | 1): void {
  const requestId = lastOf(tabs[index]);
  if (requestId !== undefined) tabs[index].cancel(requestId);
}

function pendingIn(tab: Visitor): string | undefined {
  return [...tab.turns.values()].find(({ pending }) => pending !== undefined)?.pending;
}

/** @param offer what the question must offer for this answer */
function answer(
  { tabs, answered }: Real,
  index: 0 | 1,
  said: Said,
  offer?: "amount" | "remember",
): void {
  const toolCallId = pendingIn(tabs[index]);
  if (toolCallId === undefined || (offer && !tabs[index].isOffered(toolCallId, offer))) return;
  answered.push(toolCallId);
  tabs[index].answer(toolCallId, said);
}

function answerAgain({ tabs, answered }: Real, approved: boolean): void {
  const toolCallId = answered.at(-1);
  if (toolCallId !== undefined) tabs[0].answer(toolCallId, approved);
}

async function asked({ tabs }: Real, index: 0 | 1): Promise<void> {
  const tab = tabs[index];
  const requestId = lastOf(tab) ?? "";
  if (!tab.isHere || isHeld(requestId, tabs)) return;
  const isDone = () => {
    const { state, pending } = tab.turns.get(requestId) ?? {};
    return state !== "accepted" || pending !== undefined;
  };
  await tab.until(isDone, `a question of ${requestId}`);
}

function expire({ server, tabs }: Real): void {
  const { conversationId = "" } = tabs[0].ticket ?? {};
  const turns = `SELECT id FROM Turn WHERE conversationId = '${conversationId}'`;
  const calls = `SELECT c.id FROM ToolCall c JOIN TurnStep s ON s.id = c.stepId WHERE s.turnId IN (${turns})`;
  const long = "2000-01-01T00:00:00.000+00:00";
  writeIn(
    server.file,
    `UPDATE ToolCall SET expiresAt = '${long}' WHERE state = 'awaiting' AND id IN (${calls})`,
  );
}
