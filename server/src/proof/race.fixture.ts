import { setImmediate as nextTick } from "node:timers/promises";
import { runningServer, UNHURRIED, type RunningServer } from "../running-server.fixture.js";
import { defineTool } from "../tools/tool.js";
import { violationsOf } from "./history-checker.fixture.js";
import { textAt, type JournalLine, type Transcript } from "./history.fixture.js";
import { TOOLS, TRAITS } from "./proof-shop.fixture.js";
import { randomNumbers } from "./random-cut.fixture.js";
import { sqliteReader } from "./proof-database.fixture.js";
import { rowsOf } from "./row-reader.fixture.js";
import { scriptedModel } from "./scripted-model.fixture.js";
import { Visitor, type Said } from "./visitor.fixture.js";

/** What came of many questions that two tabs answered differently at the same instant. */
export interface RaceResult {
  approved: number;
  denied: number;
  violations: string[];
}

/** Questions that one conversation asks, one after the other, and conversations at the same time. */
const PER_CONVERSATION = 10;
const AT_ONCE = 5;

export async function raceDecisions(rounds: number): Promise<RaceResult> {
  const journal: JournalLine[] = [{ pid: process.pid, at: Date.now(), kind: "start" }];
  const tools = [{ name: "refund" }, { name: "amend", ...TRAITS.amend }].map((traits) =>
    defineTool({
      ...traits,
      description: "Pays.",
      confirm: true,
      execute(args, { idempotencyKey }) {
        const ran = { kind: "effect", tool: traits.name, args, idempotencyKey } as const;
        journal.push({ pid: process.pid, at: Date.now(), ...ran });
        return "paid";
      },
    }),
  );
  const server = await runningServer({ tools, limits: UNHURRIED });
  server.model.script(scriptedModel);
  const result: RaceResult = { approved: 0, denied: 0, violations: [] };
  const random = randomNumbers(rounds);
  let left = rounds / PER_CONVERSATION;
  const lane = async () => {
    for (; left > 0;) {
      left -= 1;
      await raceInConversation(`<c${left}>`, server, journal, random, result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return result;
}

async function raceInConversation(
  mark: string,
  server: RunningServer,
  journal: readonly JournalLine[],
  random: () => number,
  result: RaceResult,
): Promise<void> {
  const transcripts: Transcript[] = [];
  const address = async () => `${server.url.replace("http", "ws")}/ws`;
  const [one, two] = [mark, mark].map((own) => new Visitor({ mark: own, address, transcripts }));
  if (!one || !two) return;
  await one.come();
  await two.come(one.ticket);
  for (let round = 0; round < PER_CONVERSATION; round += 1) {
    const [plan, here, there] = disagreement(random);
    const requestId = one.say(plan);
    const questions = await Promise.all([one.question(requestId), two.question(requestId)]);
    const [toolCallId = "", same] = questions;
    if (same !== toolCallId) result.violations.push(`${requestId} asked the tabs differently`);
    const [first, second] = random() < 0.5 ? [one, two] : [two, one];
    first.answer(toolCallId, here);
    // In one tick both frames wait together; a tick later the second one comes while the first is decided.
    if (random() < 0.5) await nextTick();
    second.answer(toolCallId, there);
    await Promise.all([one.settled(), two.settled()]);
    judge(toolCallId, transcripts, journal, result);
  }
  const rows = await rowsOf(sqliteReader(server.file), [one.ticket?.conversationId ?? ""]);
  const calls = new Set(rows.toolCalls.map(({ id }) => id));
  const own = journal.filter((line) => line.kind === "effect" && calls.has(line.idempotencyKey));
  result.violations.push(...violationsOf({ transcripts, rows, journal: own, tools: TOOLS }));
  await Promise.all([one.leave(), two.leave()]);
}

/** What two tabs say to one question: yes and no, or yes to two other amounts. */
function disagreement(random: () => number): [plan: string, here: Said, there: Said] {
  const isFirst = random() < 0.5;
  if (random() < 0.5) return ["refund", isFirst, !isFirst];
  return ["amend", { amount: isFirst ? 20 : 30 }, { amount: isFirst ? 30 : 20 }];
}

/** Exactly one verdict is acked, the other refused, and the tool ran only for the one. */
function judge(
  toolCallId: string,
  transcripts: readonly Transcript[],
  journal: readonly JournalLine[],
  result: RaceResult,
): void {
  const replies = transcripts
    .flatMap(({ entries }) => entries)
    .filter(({ way }) => way === "got")
    .filter(({ frame }) => String(frame["requestId"]).startsWith(`v-${toolCallId}-`))
    .map(({ frame }) => textAt(frame, "error.code") ?? textAt(frame, "message") ?? "")
    .sort();
  const ran = journal.filter(
    (line) => line.kind === "effect" && line.idempotencyKey === toolCallId,
  ).length;
  const [refusal = "", ack] = replies;
  const isRefused = ["CONFIRMATION_MISMATCH", "NO_PENDING_CONFIRMATION"].includes(refusal);
  if (replies.length !== 2 || !isRefused) {
    result.violations.push(`call ${toolCallId} was answered ${replies.join(" and ")}`);
  }
  if (ack === "Tool action approved") result.approved += 1;
  else if (ack === "Tool action rejected") result.denied += 1;
  const expected = ack === "Tool action approved" ? 1 : 0;
  if (ran !== expected) result.violations.push(`call ${toolCallId}: ${ack}, and ran ${ran} times`);
}
