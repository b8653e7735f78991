import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { AgentConfig } from "./config/agent-setting.js";
import { byModel, says } from "./model-answers.fixture.js";
import { runningServer, SECRET, SHOP, temporaryFolder } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { sqliteStore } from "./store/sqlite-store.js";
import { beginTurn, newCall, newSession, newStep } from "./store/store.fixture.js";
import type { NewStep } from "./store/store.js";

// What stands beside an answer, when the process that gave it was killed.

const workflow = {
  goal: "g",
  steps: [
    { id: "a", intent: "A", criteria: "c" },
    { id: "b", intent: "B" },
  ],
};
const agent: AgentConfig = {
  ...{ allowedOrigins: [SHOP], secret: SECRET, reportOutcome: true, suggestReplies: true },
  ...{ preambleModel: "fast", judgeModel: "judge", titleModel: "namer", workflow },
};

/** The server on what a killed process left: a turn with these steps; resolves when it has ended. */
async function takenUp(...steps: NewStep[]) {
  const file = join(await temporaryFolder(), "left.db");
  const store = sqliteStore({ file });
  await store.open();
  const { turn } = await beginTurn(store, await store.createSession(newSession()), {
    owner: "killed",
  });
  for (const step of steps) await store.addStep(turn.id, "killed", step);
  await store.close();
  const server = await runningServer({
    file,
    agents: { shop: agent },
    model: (model) => model.script(byModel({ "test-model": [says("Well.")], m: [says("Well.")] })),
  });
  const terminal = await vi.waitUntil(() => databaseContents(file).get("Turn")?.[0]?.["terminal"], {
    timeout: 8_000,
    interval: 20,
  });
  await server.stop();
  const asked = server.model.requests.map(({ body }) => String(body["model"]));
  return { asked, file, terminal: JSON.parse(String(terminal)) as unknown };
}

const quiet = (name: string, args: unknown, index: number) => ({
  ...newCall(index, JSON.stringify(args)),
  name,
});

it("quiet calls that were left are run, and end the turn without another model call", async () => {
  const toolCalls = [
    quiet("report_outcome", { resolutionStatus: "resolved", summary: "Done." }, 0),
    quiet("suggest_replies", { replies: ["Thanks"] }, 1),
  ];
  const { asked, file, terminal } = await takenUp(newStep(0, 0, { text: "Well.", toolCalls }));
  const response = {
    responseParts: ["Well."],
    resolutionStatus: "resolved",
    requestSummary: "Done.",
    suggestedNextActions: ["Thanks"],
  };
  expect(terminal).toMatchObject({ data: { data: { response } } });
  expect(databaseContents(file).get("Conversation")).toMatchObject([{ resolution: "resolved" }]);
  expect(new Set(asked)).toEqual(new Set(["judge", "namer"]));
});

it("a turn that is taken up has no preamble", async () => {
  const { asked } = await takenUp();
  expect(asked).toContain("m");
  expect(asked).not.toContain("fast");
});

it("a judge that cannot be asked holds the step, and a conversation that cannot be named has a name", async () => {
  const { file } = await takenUp();
  expect(databaseContents(file).get("WorkflowState")).toMatchObject([{ stepId: "a", holds: 1 }]);
  expect(databaseContents(file).get("Conversation")).toMatchObject([
    { title: "hello", titledBy: "model" },
  ]);
});
