import fc from "fast-check";
import { expect, it } from "vitest";
import { clientOf } from "../client/client.fixture.js";
import { startModelServer, type ModelServer } from "../client/model-server.fixture.js";
import { createConversation } from "./conversation.js";
import type { ConversationState } from "./conversation-state.js";
import { until } from "./conversation.fixture.js";

const step = fc.oneof(
  { weight: 5, arbitrary: fc.string({ minLength: 1, maxLength: 4 }).map((token) => ({ token })) },
  { weight: 1, arbitrary: fc.constant("cut" as const) },
  { weight: 1, arbitrary: fc.constant("snapshot" as const) },
  { weight: 1, arbitrary: fc.constant("tool" as const) },
  { weight: 2, arbitrary: fc.constant("settle" as const) },
);

it("shows a prefix of the exact text at every moment, and all of it before and after the end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, knowsTurns) => {
      const server = await startModelServer();
      server.knowsTurns = knowsTurns;
      const conversation = createConversation(
        clientOf(server, { timing: { backoffMs: 1, backoffCapMs: 2 } }),
      );
      let expected = "";
      let tools = 0;
      const wrong: string[] = [];
      conversation.subscribe((state) => {
        const shown = answerIn(state);
        if (!expected.startsWith(shown) || state.transcript.length > 2) wrong.push(shown);
      });
      try {
        conversation.send("question");
        conversation.open();
        await server.received(() => server.turn !== undefined);
        for (const next of steps) {
          if (next === "cut") server.cut();
          else if (next === "snapshot") server.snapshot();
          else if (next === "tool") server.callTool(`t${(tools += 1)}`, "lookup");
          else if (next === "settle") await server.received(() => isFollowed(server));
          else {
            expected += next.token;
            server.say(next.token);
          }
        }
        // The terminal event would mend what the stream got wrong: it is withheld until here.
        await until(conversation, (state) => answerIn(state) === expected);
        server.finish();
        const { transcript } = await until(
          conversation,
          (s) => s.transcript.at(-1)?.kind === "agent" && !s.activeTurnId && !s.history.loading,
        );
        expect(transcript).toMatchObject([
          { text: "question", delivery: "sent" },
          { kind: "agent", status: "completed" },
        ]);
        expect(answerIn(conversation.state)).toBe(expected);
        expect(wrong).toEqual([]);
      } finally {
        conversation.close();
        await server.close();
      }
    }),
    { numRuns: 60 },
  );
});

function answerIn({ transcript }: ConversationState): string {
  return transcript
    .flatMap((entry) => (entry.kind === "agent" ? entry.parts : []))
    .map((part) => (part.type === "text" ? part.text : ""))
    .join("");
}

function isFollowed(server: ModelServer): boolean {
  return [...server.peers].some(({ admitted }) => admitted);
}
