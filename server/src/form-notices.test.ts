import { expect, it, vi } from "vitest";
import { ASK_WHO, formScene, parkedOn, submit, type FormScene } from "./forms.fixture.js";
import { says } from "./model-answers.fixture.js";
import type { QuestionNotice } from "./notice/notice.js";
import type { ServerLimits } from "./server-limits.js";

// A machine may be busy, and no time here is short.
vi.setConfig({ testTimeout: 60_000 });

const TYPED = "ada@typed.example";

type Move = (scene: FormScene, interactionId: string) => unknown;

const answer =
  (fields: object): Move =>
  (scene, interactionId) =>
    scene.client.send(submit(scene, interactionId, { ...fields }));

const ended = (approved: boolean) => ({
  ...{ type: "question.answered", approved, by: "visitor", hasReason: false },
});

it.each<[string, Move, object, Partial<ServerLimits>?]>([
  ["answered", answer({ values: { email: TYPED } }), ended(true)],
  ["declined", answer({ declined: true }), ended(false)],
  [
    "dropped with its turn",
    ({ client, sessionId }) => client.send({ action: "cancel", sessionId }),
    ended(false),
  ],
  ["not answered in time", () => undefined, { type: "question.expired" }, { interactionMs: 50 }],
])("the host is told of a form, and that it was %s", async (_, move, end, limits) => {
  const heard: QuestionNotice[] = [];
  const onQuestion = (notice: QuestionNotice) => void heard.push(notice);
  const scene = await formScene({}, { onQuestion, limits: { sweepMs: 20, ...limits } });
  const { interactionId } = await parkedOn(scene, ASK_WHO);
  scene.server.model.script(says("Well."));
  await move(scene, interactionId);
  await scene.client.until("eventual_response", "cancelled");
  await vi.waitUntil(() => heard.length === 2, { timeout: 8_000 });
  const about = {
    ...{ conversationId: scene.conversationId, requestId: "r", toolCallId: interactionId },
    ...{ toolName: "request_identity_intake", title: "Ask for contact details", kind: "form" },
    userId: null,
  };
  expect(heard).toMatchObject([
    { ...about, type: "question.asked" },
    { ...about, ...end },
  ]);
  expect(JSON.stringify(heard)).not.toContain(TYPED);
});
