import { describe, expect, it } from "vitest";
import {
  ack,
  admitted,
  called,
  cleanHistory,
  ended,
  got,
  question,
  result,
  token,
  type Doctored,
} from "./clean-history.fixture.js";
import { violationsOf } from "./history-checker.fixture.js";
import type { Entry, GrantRow } from "./history.fixture.js";

type Lie = [violation: RegExp, doctor: (history: Doctored) => unknown];

const turnLies: Lie[] = [
  [/r1 was acked .* not stored/, ({ rows }) => rows.turns.shift()],
  [/r1 was acked .* not stored/, ({ rows }) => (rows.messages[0]!.text = "another")],
  [/r1 was accepted as new twice/, (history) => after(history, "r1", 1, ack("r1"))],
  [
    /r8 is a turn that nobody sent/,
    ({ rows }) => rows.turns.push({ ...rows.turns[0]!, requestId: "r8" }),
  ],
  [/r1 was left running/, ({ rows }) => (rows.turns[0]!.state = "running")],
  [/r1 was left parked/, ({ rows }) => (rows.turns[0]!.state = "parked")],
  [/r1 is failed and its stored terminal/, ({ rows }) => (rows.turns[0]!.state = "failed")],
  [/r1 has ended and still has an owner/, ({ rows }) => (rows.turns[0]!.owner = "process")],
  [
    /r2 has ended and its call .* left approved/,
    ({ rows }) => (rows.toolCalls[0]!.state = "approved"),
  ],
  [
    /r2 has ended and its call .* left executing/,
    ({ rows }) => (rows.toolCalls[0]!.state = "executing"),
  ],
  [/r1 has 2 messages/, ({ rows }) => rows.messages.push({ ...rows.messages[0]! })],
  [/r1 has 1 messages .* another seq/, ({ rows }) => (rows.turns[0]!.seq = 2)],
  [/r1 has 2 answers/, ({ rows }) => rows.messages.push({ ...rows.messages[1]! })],
  [/r1 has an answer that is not the join/, ({ rows }) => (rows.messages[1]!.text = "<c1>0 ")],
  [/r1 is completed and its answer is failed/, ({ rows }) => (rows.messages[1]!.status = "failed")],
  [
    /r1 was told another answer/,
    ({ rows }) => (rows.turns[0]!.terminal = JSON.stringify(ended("r1", "x"))),
  ],
  [/r1 has a step whose words/, ({ rows }) => (rows.steps[0]!.text = "<c1>0 <c1>0 <c1>end ")],
  [/conversation A is not free/, ({ rows }) => (rows.conversations[0]!.activeTurnId = "r1")],
  [/conversation A has a gap/, ({ rows }) => (rows.messages[3]!.seq = 40)],
  [/conversation A has a gap/, ({ rows }) => (rows.conversations[0]!.nextSeq = 12)],
  [/conversation A has two turns of one/, ({ rows }) => (rows.turns[1]!.requestId = "r1")],
];

const decisionLies: Lie[] = [
  [
    /unknown call k-9/,
    ({ rows }) => rows.decisions.push({ ...rows.decisions[0]!, toolCallId: "k-9" }),
  ],
  [/k-r2 has 0 decision records/, ({ rows }) => rows.decisions.shift()],
  [/k-r2 has 2 decision records/, ({ rows }) => rows.decisions.push({ ...rows.decisions[0]! })],
  [/k-r2 has a decision and was never/, ({ rows }) => (rows.toolCalls[0]!.approved = null)],
  [/decision about call k-r2 is not the one/, ({ rows }) => (rows.decisions[0]!.approved = false)],
  [/bound to other arguments/, ({ rows }) => (rows.decisions[0]!.argumentsDigest = "0")],
  [/says null, the call succeeded/, ({ rows }) => (rows.decisions[0]!.outcome = null)],
  [/says unknown, the call succeeded/, ({ rows }) => (rows.decisions[0]!.outcome = "unknown")],
  [/session of another conversation/, ({ rows }) => (rows.decisions[0]!.sessionId = "sb")],
  [/two verdicts about call k-r2/, ({ transcripts }) => transcripts.push({ ...transcripts[0]! })],
  [
    /acked verdict about call k-r3 is not the stored/,
    ({ rows }) => (rows.toolCalls[1]!.approved = true),
  ],
  [/bound to another correction/, ({ rows }) => (rows.decisions[0]!.editedDigest = "0")],
  [/names another grant/, ({ rows }) => (rows.decisions[0]!.grantId = "g")],
  [/stored as somebody else's/, ({ rows }) => (rows.toolCalls[1]!.decidedBy = "system")],
];

const effectLies: Lie[] = [
  [
    /refund ran under k-0, which is no call/,
    (history) => (effect(history, 1).idempotencyKey = "k-0"),
  ],
  [
    /refund ran under k-r5, which is no call/,
    (history) => (effect(history, 1).idempotencyKey = "k-r5"),
  ],
  [/other arguments than those of its call/, (history) => (effect(history, 1).args = { of: "x" })],
  [
    /other arguments than were shown/,
    ({ rows }) => (rows.toolCalls[0]!.confirmation = '{"arguments":{}}'),
  ],
  [
    /other arguments than those of its call/,
    ({ rows }) => (rows.toolCalls[0]!.editedArguments = '{"of":"x"}'),
  ],
  [
    /not that of its corrected arguments/,
    ({ rows }) => (rows.toolCalls[0]!.editedArguments = rows.toolCalls[0]!.arguments),
  ],
  [
    /other arguments than were shown/,
    ({ rows }) => (rows.toolCalls[0]!.originalConfirmation = '{"arguments":{"of":"x"}}'),
  ],
  [/grant that is not for call k-r2/, ({ rows }) => (rows.toolCalls[0]!.grantId = "g")],
  [/grant that nobody gave/, (history) => granted(history, {})],
  [/grant that had been revoked/, (history) => granted(history, { endedAt: 60 })],
  [/ran before it was granted/, (history) => granted(history, { createdAt: 81 })],
  [/grant that is not for call k-r2/, (history) => granted(history, { toolName: "index" })],
  [/digest of call k-r2/, ({ rows }) => (rows.toolCalls[0]!.digest = "0")],
  [/ran before its call k-r2 was stored/, ({ rows }) => (rows.toolCalls[0]!.startedAt = 81)],
  [/without a stored approval/, ({ rows }) => (rows.toolCalls[0]!.approved = false)],
  [/without a stored approval/, ({ rows }) => (rows.toolCalls[0]!.decidedAt = 81)],
  [/nobody sent an approval/, (history) => (verdictOf(history, "r2").frame["approved"] = false)],
  [/nobody sent an approval/, (history) => (verdictOf(history, "r2").at = 81)],
  [/refund .* ran twice/, ({ journal }) => journal.push(journal[1]!)],
  [/index .* ran under 2 keys/, (history) => (effect(history, 3).idempotencyKey = "k-r2")],
  [/refund ran and its call k-r3 is denied/, (history) => run(history, "r3")],
  [/refund ran and its call k-r2 is expired/, ({ rows }) => (rows.toolCalls[0]!.state = "expired")],
  [/k-r2 is told to have run/, ({ journal }) => journal.splice(1, 1)],
  [/r4 was cancelled and went on: model/, ({ journal }) => journal.push(journal[4]!)],
  [/r4 was cancelled and went on: model/, ({ journal }) => reborn(journal)],
  [
    /r4 was cancelled and went on: effect/,
    ({ rows, journal }) => {
      rows.toolCalls[2]!.turnId = "r4";
      journal.push(journal[2]!);
    },
  ],
];

// The idempotent tool of r5 becomes a form, or a tool of the page.
const formLies: Lie[] = [
  [/answer to call k-r5 was acked, which is no form/, (history) => answeredForm(history, "M")],
  [
    /2 answers to the form of call k-r5/,
    (history) => {
      asForm(history, '{"status":"submitted","values":"M"}');
      answeredForm(history, "M");
      answeredForm(history, "L");
    },
  ],
  [
    /acked answer to call k-r5 is not what/,
    (history) => {
      asForm(history, '{"status":"submitted","values":"L"}');
      answeredForm(history, "M");
    },
  ],
  [
    /2 pages were told to run call k-r5/,
    (history) => {
      asPage(history);
      for (const { entries } of history.transcripts.slice(0, 2)) {
        entries.push(
          got({ type: "client_tool_call", requestId: "r5", data: { toolCallId: "k-r5" } }),
        );
      }
    },
  ],
  [/k-r5 is told to have run, and no page/, (history) => asPage(history)],
];

const streamLies: Lie[] = [
  [/A.1: the end of r1 is not the stored/, (history) => (at(history, "r1", 4).frame["status"] = 1)],
  [/A.1: r1 ended twice/, (history) => after(history, "r1", 4, at(history, "r1", 4))],
  [/A.1: r5 ended twice/, (history) => after(history, "r5", 8, got(ended("r5", "<c1>end ")))],
  [/A.1: r1 was streamed another text/, (history) => remove(history, "r1", 2)],
  [
    /A.1: r1 was streamed another text/,
    (history) => after(history, "r1", 2, token("r1", "<c1>0 ")),
  ],
  [/A.1: r1 is active again/, (history) => after(history, "r1", 4, resumed("r1"))],
  [
    /A.1: r1 went on after its end: stream_token/,
    (history) => after(history, "r1", 4, token("r1", "x")),
  ],
  [
    /A.1: r1 went on after its end: keepalive/,
    (history) => after(history, "r1", 4, keepalive("r1")),
  ],
  [/A.1: was left without the end of r1/, (history) => remove(history, "r1", 4)],
  [/A.2: was left without the end of r3/, ({ transcripts }) => (transcripts[1]!.isOpen = true)],
];

const orderLies: Lie[] = [
  [/A.1: r1 spoke before its ack/, (history) => remove(history, "r1", 1)],
  [/A.1: r2 began before r1/, (history) => remove(history, "r1", 4)],
  [/A.1: r2 spoke while it had to wait/, (history) => after(history, "r2", 3, token("r2", "x"))],
  [/A.1: r2 asked while another/, (history) => after(history, "r2", 3, question("r2", "k-x"))],
  [/k-r2 was shown before its question/, (history) => swap(history, "r2", 2, 3)],
  [/k-r2 came without its question/, (history) => remove(history, "r2", 2)],
  [/k-r2 was shown twice/, (history) => after(history, "r2", 3, called("r2", "refund"))],
  [/k-r5 had a result before/, (history) => swap(history, "r5", 2, 3)],
  [/k-r2 had two results/, (history) => after(history, "r2", 4, result("r2"))],
  [/the result of k-r2 overtook its ack/, (history) => overtake(history)],
  [
    /A.1: r2 went on unanswered/,
    (history) => after(history, "r2", 3, called("r2", "index", "k-x")),
  ],
];

const isolationLies: Lie[] = [
  [/B.1 was sent <c1> in a stream_token/, (history) => stray(history, token("r9", "<c1>0 "))],
  [/B.1 was sent r1 in a stream_token/, (history) => stray(history, token("r1", "<c9>0 "))],
  [/B.1 was sent k-r2 in a write_conf/, (history) => stray(history, question("r9", "k-r2"))],
  [
    /B.1 was sent sa in a session_ended/,
    (history) => stray(history, got({ type: "session_ended", of: "sa" })),
  ],
];

describe("the checker", () => {
  it("finds nothing in a run that kept every promise", () => {
    expect(violationsOf(cleanHistory())).toEqual([]);
  });

  it.each([
    ...turnLies,
    ...decisionLies,
    ...effectLies,
    ...formLies,
    ...streamLies,
    ...orderLies,
    ...isolationLies,
  ])("sees that %s", (violation, doctor) => {
    const history = cleanHistory();
    doctor(history);
    expect(violationsOf(history)).toContainEqual(expect.stringMatching(violation));
  });
});

/** The frames of the first tab that name a turn, in order. */
function of({ transcripts }: Doctored, requestId: string): Entry[] {
  return transcripts[0]!.entries.filter(({ frame }) => frame["requestId"] === requestId);
}

function at(history: Doctored, requestId: string, index: number): Entry {
  return of(history, requestId)[index]!;
}

function place(history: Doctored, requestId: string, index: number): number {
  return history.transcripts[0]!.entries.indexOf(at(history, requestId, index));
}

function after(history: Doctored, requestId: string, index: number, entry: Entry): void {
  history.transcripts[0]!.entries.splice(place(history, requestId, index) + 1, 0, entry);
}

function remove(history: Doctored, requestId: string, index: number): void {
  history.transcripts[0]!.entries.splice(place(history, requestId, index), 1);
}

function swap(history: Doctored, requestId: string, one: number, two: number): void {
  const { entries } = history.transcripts[0]!;
  const [first, second] = [place(history, requestId, one), place(history, requestId, two)];
  [entries[first], entries[second]] = [entries[second]!, entries[first]!];
}

function verdictOf(history: Doctored, requestId: string): Entry {
  return at(history, `v-${requestId}`, 0);
}

function overtake(history: Doctored): void {
  const acked = at(history, "v-r2", 1);
  remove(history, "v-r2", 1);
  after(history, "r2", 4, acked);
}

function effect({ journal }: Doctored, index: number) {
  const line = journal[index]!;
  if (line.kind !== "effect") throw new Error("no effect");
  return line;
}

function run({ journal }: Doctored, of_: string): void {
  const key = { args: { of: of_ }, idempotencyKey: `k-${of_}` };
  journal.push({ pid: 1, at: 80, kind: "effect", tool: "refund", ...key });
}

function reborn(journal: Doctored["journal"]): void {
  journal.splice(5, 1);
  journal.push({ pid: 2, at: 100, kind: "start" }, journal[4]!);
}

function resumed(requestId: string): Entry {
  return admitted("sa", "A", { activeTurn: { requestId, items: [] } });
}

function keepalive(requestId: string): Entry {
  return got({ type: "keepalive", requestId });
}

function stray({ transcripts }: Doctored, entry: Entry): void {
  transcripts[2]!.entries.push(entry);
}

function granted({ rows, transcripts }: Doctored, over: Partial<GrantRow>): void {
  rows.toolCalls[0]!.grantId = "g";
  const grant = { id: "g", conversationId: "A", toolName: "refund", toolCallId: "k-r2" };
  rows.grants.push({ ...grant, createdAt: 60, endedAt: null, ...over });
  if (Object.keys(over).length === 0) return;
  const verdict = transcripts[0]!.entries.find(({ frame }) => frame["toolCallId"] === "k-r2");
  verdict!.frame["remember"] = true;
}

function asForm({ rows }: Doctored, result: string): void {
  Object.assign(rows.toolCalls[2]!, { interaction: "{}", result });
}

function asPage({ rows }: Doctored): void {
  Object.assign(rows.toolCalls[2]!, { name: "client_index", result: "shown" });
}

let answers = 0;

function answeredForm({ transcripts }: Doctored, values: string): void {
  const requestId = `i-${(answers += 1)}`;
  const frame = { action: "submit_interaction", requestId, interactionId: "k-r5", values };
  transcripts[0]!.entries.push({ at: 80, way: "sent", frame });
  const answer = { type: "immediate_response", requestId, status: 200, data: { values } };
  transcripts[0]!.entries.push(got(answer));
}
