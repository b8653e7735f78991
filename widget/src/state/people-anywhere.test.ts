import { expect, it } from "vitest";
import { clientOf } from "../client/client.fixture.js";
import { startModelServer, type ModelServer, type Peer } from "../client/model-server.fixture.js";
import { createConversation } from "./conversation.js";
import type { ConversationState } from "./conversation-state.js";
import { lines, until } from "./conversation.fixture.js";

// People write beside a turn and after it, and the connection is cut at any point.

type Step = (server: ModelServer) => void;

let written = 0;
const write: Step = (server) => server.write(`p${(written += 1)}`, `note ${written}`);

const STEPS: Step[] = [
  write,
  (server) => server.say("One, "),
  write,
  write,
  (server) => server.callTool("t1", "lookup"),
  write,
  (server) => server.returnTool("t1", "lookup", "found"),
  (server) => server.say("two."),
  write,
  (server) => server.finish(),
  write,
  write,
];
const WHOLE = [
  "visitor sent: refund",
  ...["Ana: note 1", "Ana: note 2", "Ana: note 3", "Ana: note 4", "Ana: note 5"],
  "agent completed: One, [lookup succeeded]two.",
  ...["Ana: note 6", "Ana: note 7"],
];

const CUTS: Record<string, (peer: Peer) => void> = {
  torn: (peer) => peer.cut(),
  "sent away with 1012": (peer) => peer.close(1012),
};

for (const [manner, cut] of Object.entries(CUTS)) {
  for (const back of [true, false]) {
    const how = back ? "back for the next step" : "away for the next step";
    it.each([...STEPS.keys()])(`${manner} after step %i, ${how}`, (after) =>
      plays((index) => index === after, cut, back),
    );
    it(`${manner} after every step, ${how}`, () => plays(() => true, cut, back));
  }
}

async function plays(
  isCut: (index: number) => boolean,
  cut: (peer: Peer) => void,
  back: boolean,
): Promise<void> {
  const server = await startModelServer();
  const timing = { backoffMs: 1, backoffCapMs: 2 };
  const conversation = createConversation(clientOf(server, { timing }));
  const resumes = () => server.actions.filter(({ action }) => action === "resume_session").length;
  const wrong: string[][] = [];
  conversation.subscribe((state) => {
    const people = peopleOf(state);
    const isOnceInOrder = people.every((text, at) => at === 0 || text > (people[at - 1] ?? ""));
    if (!isOnceInOrder) wrong.push(lines(state));
  });
  written = 0;
  try {
    conversation.send("refund");
    conversation.open();
    await server.received(() => server.turn !== undefined);
    for (const [index, step] of STEPS.entries()) {
      step(server);
      if (!isCut(index)) continue;
      const before = resumes();
      for (const peer of [...server.peers]) cut(peer);
      if (back) await server.received(() => resumes() > before);
    }
    const state = await until(
      conversation,
      (s) => !s.history.loading && lines(s).join("\n") === WHOLE.join("\n"),
    );
    expect(wrong).toEqual([]);
    expect(state.activeTurnId).toBeUndefined();
  } finally {
    conversation.close();
    await server.close();
  }
}

function peopleOf({ transcript }: ConversationState): string[] {
  return transcript.flatMap((entry) => (entry.kind === "person" ? [entry.text] : []));
}
