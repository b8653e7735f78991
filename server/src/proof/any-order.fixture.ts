import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import type { History, Rows, Transcript } from "./history.fixture.js";
import { violationsOf } from "./history-checker.fixture.js";
import { mortalServer, type MortalServer } from "./mortal-server.fixture.js";
import { sqliteReader } from "./proof-database.fixture.js";
import { TOOLS } from "./proof-shop.fixture.js";
import { rowsOf } from "./row-reader.fixture.js";
import { anyOrder, isHeld, type AnyOrder, type Real } from "./visitor-command.fixture.js";
import { Visitor } from "./visitor.fixture.js";

/** Judges so many random runs; the seed and the way to a failing one are in the error. */
export async function expectAnyOrder({
  runs,
  seed,
}: {
  runs: number;
  seed: number;
}): Promise<void> {
  const server = await mortalServer();
  let played = 0;
  const run = async (script: AnyOrder) => {
    const violations = await violationsOfRun(server, `<c${(played += 1)}>`, script);
    if (violations.length > 0) throw new Error(violations.join("\n"));
  };
  try {
    await fc.assert(fc.asyncProperty(anyOrder, run), { numRuns: runs, seed });
  } finally {
    await server.close();
  }
}

/** Plays commands on a new conversation, lets it come to its end, and judges everything that was seen. */
async function violationsOfRun(
  server: MortalServer,
  mark: string,
  [plan, ...scripts]: AnyOrder,
): Promise<string[]> {
  const transcripts: Transcript[] = [];
  const from = server.journal.length;
  const start = server.journal.findLast(({ kind }) => kind === "start");
  const options = { address: server.address, transcripts };
  const first = new Visitor({ ...options, mark });
  const second = new Visitor({ ...options, mark: mark.replace(">", "b>") });
  await first.come();
  const real: Real = { server, tabs: [first, second], answered: [] };
  const model = { isSecondHere: false, hasSent: true };
  first.say(plan);
  for (const script of scripts) await fc.asyncModelRun(() => ({ model, real }), script);
  await broughtToAnEnd(real);
  const { conversationId = "" } = first.ticket ?? {};
  const history: History = {
    transcripts,
    rows: await settledRows(server, conversationId),
    journal: [...(start ? [start] : []), ...server.journal.slice(from)],
    tools: TOOLS,
  };
  for (const tab of real.tabs) await tab.leave();
  return violationsOf(history);
}

/** The rows once every call has an outcome: one whose turn and process both ended gets it by the sweep. */
async function settledRows({ file }: MortalServer, conversationId: string): Promise<Rows> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const rows = await rowsOf(sqliteReader(file), [conversationId]);
    if (late.aborted || rows.toolCalls.every(({ state }) => state !== "executing")) return rows;
    await pause(5);
  }
}

const PATIENCE_MS = 10_000;

/** Comes back in the first tab and answers whatever is asked until nothing goes on. */
async function broughtToAnEnd({ tabs: [first, second] }: Real): Promise<void> {
  await second.leave();
  await first.leave();
  await first.come();
  for (;;) {
    const open = [...first.turns].filter(([, { state }]) => state !== "ended");
    const [requestId, turn] = open.find(([, { state }]) => state === "accepted") ?? open[0] ?? [];
    if (requestId === undefined || turn === undefined) return;
    if (turn.state === "sent") {
      // Refused while another one was answered: now it is its turn.
      first.repeat(requestId);
      await first.accepted(requestId);
    } else if (isHeld(requestId, [first, second])) {
      first.cancel(requestId);
      await first.ended(requestId);
    } else {
      const toolCallId = await first.question(requestId);
      if (toolCallId !== undefined) await approved(first, requestId, toolCallId);
    }
  }
}

async function approved(tab: Visitor, requestId: string, toolCallId: string): Promise<void> {
  tab.answer(toolCallId, true);
  const isAnswered = () => tab.turns.get(requestId)?.pending !== toolCallId;
  await tab.until(isAnswered, `what follows the answer to ${toolCallId}`);
}
