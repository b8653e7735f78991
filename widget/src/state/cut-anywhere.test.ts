import { expect, it } from "vitest";
import { clientOf } from "../client/client.fixture.js";
import { startModelServer, type ModelServer, type Peer } from "../client/model-server.fixture.js";
import { createConversation } from "./conversation.js";
import type { AgentEntry, Conversation, ConversationState } from "./conversation-state.js";
import { until } from "./conversation.fixture.js";

/** One thing that a server tells of a turn, or the visitor's verdict. */
interface Step {
  act(server: ModelServer, conversation: Conversation): void | Promise<unknown>;
  /** What it adds to the answer. */
  adds: string;
}

const ANSWER = '{"status":"submitted","values":{"email":"j@x.y"}}';

const say = (token: string): Step => ({ act: (server) => server.say(token), adds: token });

/** Four steps of a model, with a read, a write that asks, and a form. */
const STEPS: Step[] = [
  say("I look "),
  say("it up."),
  { act: (server) => server.callTool("t1", "lookup"), adds: "[t1]" },
  { act: (server) => server.returnTool("t1", "lookup", "found"), adds: "" },
  say("\n\n"),
  say("It can "),
  say("be 🫖 refunded."),
  { act: (server) => server.ask("t2"), adds: "[t2]" },
  {
    async act(server, conversation) {
      await until(conversation, (state) => layout(state).endsWith("[t2]"));
      conversation.decide("t2", true);
      await server.received(({ action }) => action === "confirm_tool_action");
    },
    adds: "",
  },
  { act: (server) => server.returnTool("t2", "issue_refund", "refunded"), adds: "" },
  { act: (server) => server.askForm("t3"), adds: "[t3]" },
  {
    async act(server, conversation) {
      await until(conversation, (state) => layout(state).endsWith("[t3]"));
      conversation.answer("t3", { email: "J@x.y" });
      await server.received(({ action }) => action === "submit_interaction");
    },
    adds: "",
  },
  { act: (server) => server.returnTool("t3", "request_identity_intake", ANSWER), adds: "" },
  say("\n\n"),
  say("Done: "),
  say("$20."),
];
const WHOLE = STEPS.map(({ adds }) => adds).join("");

const CUTS: Record<string, (peer: Peer) => void> = {
  torn: (peer) => peer.cut(),
  "sent away with 1012": (peer) => peer.close(1012),
  "sent away with 1013": (peer) => peer.close(1013),
};

/** Whether the visitor saw the step before the cut, and whether the next one waits until they are back. */
const MOMENTS = [
  { seen: true, back: true },
  { seen: true, back: false },
  { seen: false, back: false },
];

for (const [manner, cut] of Object.entries(CUTS)) {
  for (const moment of MOMENTS) {
    const how = `${moment.seen ? "seen" : "in flight"}, ${moment.back ? "back" : "away"} for the next`;
    it.each([...STEPS.keys()])(`${manner} after step %i: ${how}`, (after) =>
      plays((index) => index === after, cut, moment),
    );
    it(`${manner} after every step: ${how}`, () => plays(() => true, cut, moment));
  }
}

async function plays(
  isCut: (index: number) => boolean,
  cut: (peer: Peer) => void,
  moment: (typeof MOMENTS)[number],
): Promise<void> {
  const server = await startModelServer();
  const timing = { backoffMs: 1, backoffCapMs: 2 };
  const conversation = createConversation(clientOf(server, { timing }));
  const resumes = () => server.actions.filter(({ action }) => action === "resume_session").length;
  let told = "";
  let former = "";
  const wrong: unknown[] = [];
  conversation.subscribe((state) => {
    const shown = state.activeTurnId === undefined ? former : layout(state);
    const text = textIn(state);
    const isRight =
      told.startsWith(shown) &&
      shown.startsWith(former) &&
      told.replaceAll(/\[t\d\]/g, "").startsWith(text) &&
      state.transcript.length <= 2;
    if (!isRight) wrong.push({ told, former, shown, text });
    former = shown;
  });
  try {
    conversation.send("refund");
    conversation.open();
    await server.received(() => server.turn !== undefined);
    for (const [index, step] of STEPS.entries()) {
      told += step.adds;
      await step.act(server, conversation);
      if (!isCut(index)) continue;
      if (moment.seen) await until(conversation, (state) => layout(state) === told);
      const before = resumes();
      for (const peer of [...server.peers]) cut(peer);
      if (moment.back) await server.received(() => resumes() > before);
    }
    server.finish();
    const state = await until(
      conversation,
      (s) => s.activeTurnId === undefined && !s.history.loading && layout(s) === WHOLE,
    );
    expect(wrong).toEqual([]);
    expect(state.transcript).toMatchObject([
      { kind: "visitor", delivery: "sent", text: "refund" },
      { kind: "agent", status: "completed" },
    ]);
    expect(toolsIn(state)).toMatchObject([
      { toolCallId: "t1", status: "succeeded", result: "found" },
      { toolCallId: "t2", status: "succeeded", result: "refunded" },
      { toolCallId: "t3", status: "succeeded", result: ANSWER },
    ]);
    expect({ here: true, ...toolsIn(state)[2]?.answer }).toEqual({
      state: "submitted",
      values: { email: "j@x.y" },
      here: true,
    });
    expect(toolsIn(state)[1]).toMatchObject({ confirmation: { title: "Refund" } });
    const { verdict, decision } = toolsIn(state)[1] ?? {};
    expect({ approved: true, here: true, ...decision, ...verdict }).toMatchObject({
      approved: true,
      here: true,
    });
    const sends = server.actions.filter(({ action }) => action === "send_message");
    expect(new Set(sends.map(({ requestId }) => requestId)).size).toBe(1);
  } finally {
    conversation.close();
    await server.close();
  }
}

function answerIn({ transcript }: ConversationState): AgentEntry["parts"] {
  return transcript.flatMap((entry) => (entry.kind === "agent" ? entry.parts : []));
}

function textIn(state: ConversationState): string {
  return answerIn(state)
    .map((part) => (part.type === "text" ? part.text : ""))
    .join("");
}

function toolsIn(state: ConversationState) {
  return answerIn(state).flatMap((part) => (part.type === "tool" ? [part] : []));
}

/** The answer with its tool calls in their places. */
function layout(state: ConversationState): string {
  return answerIn(state)
    .map((part) => (part.type === "tool" ? `[${part.toolCallId}]` : part.text))
    .join("");
}
