import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { at, outlines, type CoreClient, type Frame } from "./core-client.fixture.js";
import {
  ASK_SIZE,
  formScene,
  parkedOn,
  sendIn,
  SHOWS_FORMS,
  SIZE,
  submit,
  toldIn,
} from "./forms.fixture.js";
import { serverWithHost } from "./host-side.fixture.js";
import { says, saysAndCalls } from "./model-answers.fixture.js";
import { openSession, resumed, runningServer, UNHURRIED } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { writeIn } from "./store/database-file.fixture.js";

// A machine may be busy, and no time here is short.
vi.setConfig({ testTimeout: 60_000 });

// A form that waits: for too long, for somebody faster, for a process that is gone.

const NO_RESPONSE = /^\{"status":"no_response","message":"[^"]+"\}$/;
const quick = { interactionMs: 50, sweepMs: 20 };
const callIn = (file: string) => databaseContents(file).get("ToolCall")?.[0];
const answersIn = async (client: CoreClient, sessionId: string) => {
  const ask = { action: "get_conversation_messages", sessionId, include: ["turns"] };
  return client.ask(ask);
};

describe("a form that nobody answers", () => {
  it("while somebody watches is told to the model, who goes on", async () => {
    const server = await runningServer({ limits: quick });
    const shows = await openSession(server, { supports: [...SHOWS_FORMS, "live"] });
    server.model.script(saysAndCalls([], ASK_SIZE), says("Never mind."));
    shows.client.send(sendIn(shows));
    const frames = await shows.client.rest();
    expect(outlines(frames)).toEqual([
      "r: Processing your request...",
      "form choices",
      "call request_choices",
      "r interaction_resolved",
      "result request_choices",
      '"Never mind."',
      "r eventual_response",
    ]);
    const [, form, , resolved, result] = frames as [Frame, Frame, Frame, Frame, Frame];
    const interactionId = at(form, "data.data.interactionId");
    expect(at(resolved, "data")).toEqual({ requestId: "r", interactionId, status: "expired" });
    const told = at(result, "data.state.rawResponse.toolResult");
    expect(told).toMatchObject({ isError: false, status: "expired" });
    expect((told as { result: string }).result).toMatch(NO_RESPONSE);
    const late = await shows.client.ask(submit(shows, String(interactionId), { values: SIZE }));
    expect(at(late, "error.code")).toBe("NO_PENDING_INTERACTION");
    expect(databaseContents(server.file).get("Decision")).toEqual([]);
  });

  it("while nobody watches costs no model call: the turn closes, the next one's model is told", async () => {
    const scene = await formScene({}, { limits: { ...quick, interactionMs: 400 } });
    const { server, client, sessionId } = scene;
    server.model.script(saysAndCalls(["Gladly."], ASK_SIZE), says("Never asked for."));
    client.send(sendIn(scene));
    await client.until("interaction_required");
    await client.close();
    await vi.waitFor(() => expect(callIn(server.file)).toMatchObject({ state: "expired" }), {
      timeout: 8_000,
    });
    const { client: back, answer } = await resumed(server, scene);
    expect(at(answer, "data.activeTurn")).toBeNull();
    const terminal = "data.lastTurn.terminal";
    expect(at(answer, `${terminal}.data.data.response.responseParts`)).toEqual(["Gladly."]);
    expect(server.model.requests).toHaveLength(1);
    const page = await answersIn(back, sessionId);
    const call = at(page, "data.messages.0.toolCalls.0") as { result: string };
    expect(call).toMatchObject({ status: "expired", interaction: { kind: "choices" } });
    expect(call.result).toMatch(NO_RESPONSE);
    server.model.script(says("Well."));
    back.send(sendIn(scene, "next"));
    await back.rest();
    expect(await toldIn(server, 1)).toMatch(NO_RESPONSE);
  });

  it("is over when its turn is cancelled, and later turns know", async () => {
    const scene = await formScene();
    const { server, client, sessionId } = scene;
    const { interactionId } = await parkedOn(scene, ASK_SIZE);
    const cancelled = await client.ask({ action: "cancel", requestId: "r", sessionId });
    expect(outlines([cancelled])).toEqual(["r cancelled"]);
    const late = await client.ask(submit(scene, interactionId, { values: SIZE }));
    expect(at(late, "error.code")).toBe("NO_PENDING_INTERACTION");
    expect(callIn(server.file)).toMatchObject({
      state: "denied",
      decidedBy: "visitor",
      isError: 0,
    });
    server.model.script(says("Well."));
    client.send(sendIn(scene, "next"));
    await client.rest();
    expect(await toldIn(server, 1)).toMatch(NO_RESPONSE);
  });

  it("is over when a person takes over", async () => {
    const { server, host } = await serverWithHost({});
    const opened = await openSession(server, { supports: [...SHOWS_FORMS, "live"] });
    const { client, conversationId } = opened;
    const { interactionId } = await parkedOn({ server, ...opened }, ASK_SIZE);
    await host(`/conversations/${conversationId}/hand-off`, { state: "active", name: "Ann" });
    expect(outlines(await client.rest()).at(-1)).toBe("r cancelled");
    expect(callIn(server.file)).toMatchObject({ state: "denied", decidedBy: "system" });
    const late = await client.ask(submit(opened, interactionId, { declined: true }));
    expect(at(late, "error.code")).toBe("NO_PENDING_INTERACTION");
  });
});

describe("a form that several answer", () => {
  it(
    "takes exactly one of them, whatever else happens at that moment",
    { timeout: 60_000 },
    async () => {
      const server = await runningServer({ limits: UNHURRIED });
      const acts = ["submit", "submit", "decline", "wrong", "mismatch", "cancel"] as const;
      const raced = fc.array(
        fc.record({ tab: fc.nat({ max: 2 }), act: fc.constantFrom(...acts) }),
        { minLength: 2, maxLength: 8 },
      );
      await fc.assert(
        fc.asyncProperty(raced, async (moves) => {
          const opened = await openSession(server, { supports: SHOWS_FORMS });
          const scene = { server, ...opened };
          const { interactionId } = await parkedOn(scene, ASK_SIZE);
          server.model.script(says("Done."));
          const tabs = [opened.client];
          for (let more = 0; more < 2; more += 1) tabs.push((await resumed(server, opened)).client);
          const { sessionId } = opened;
          for (const [index, { tab, act }] of moves.entries()) {
            const frame = {
              submit: { values: SIZE },
              decline: { declined: true },
              wrong: { values: {} },
              mismatch: { interactionId: "another", declined: true },
              cancel: { action: "cancel", requestId: "r" },
            }[act];
            const requestId = `s${index}`;
            tabs[tab]?.send({ ...submit({ sessionId }, interactionId, {}), requestId, ...frame });
          }
          const isOver = moves.some(({ act }) => !["wrong", "mismatch"].includes(act));
          if (!isOver) tabs[0]?.send(submit({ sessionId }, interactionId, { values: SIZE }));
          for (const tab of tabs) {
            await tab.until("eventual_response", "cancelled");
            // Behind everything that this tab asked.
            tab.send({ action: "get_session", requestId: "end", sessionId });
            for (let seen; seen !== "end";) seen = (await tab.next()).event["requestId"];
          }
          const lines = tabs.map((tab) => outlines(tab.frames));
          const acks = lines
            .flat()
            .filter((line) => /: Interaction (submitted|declined)$/.test(line));
          const { state } = databaseContents(server.file)
            .get("ToolCall")
            ?.find(({ id }) => id === interactionId) ?? { state: "" };
          for (const seen of lines) {
            const ends = seen.filter((line) => /^r (eventual_response|cancelled)$/.test(line));
            expect(ends).toHaveLength(1);
            const results = seen.filter((line) => line === "result request_choices");
            expect(results.length).toBeLessThanOrEqual(acks.length);
          }
          expect(acks.length).toBeLessThanOrEqual(1);
          if (acks[0]?.endsWith("submitted")) expect(state).toBe("succeeded");
          else expect(state).toBe("denied");
        }),
        { numRuns: 25 },
      );
    },
  );
});

describe("a form that outlives its process", () => {
  it("waits on, and its answer goes to the turn that goes on", async () => {
    const scene = await formScene();
    const { form, interactionId } = await parkedOn(scene, ASK_SIZE);
    await scene.server.stop();
    const server = await runningServer({ file: scene.server.file });
    const { client, answer } = await resumed(server, scene);
    expect(at(answer, "data.activeTurn.pending")).toEqual(at(form, "data.data"));
    server.model.script(says("L it is."));
    client.send(submit(scene, interactionId, { values: SIZE }));
    expect(outlines(await client.rest())).toEqual([
      ...["s: Interaction submitted", "result request_choices", '"L it is."'],
      "r eventual_response",
    ]);
  });

  it("is told to the model when it was answered at the last moment", async () => {
    const scene = await formScene();
    const { interactionId } = await parkedOn(scene, ASK_SIZE);
    await scene.server.stop();
    const { file } = scene.server;
    // As a process leaves it that dies between the answer and the ack.
    const answer = `{"status":"submitted","values":${JSON.stringify(SIZE)}}`;
    writeIn(
      file,
      `UPDATE "ToolCall" SET "state" = 'approved', "approved" = 1, "answer" = '${answer}';
       UPDATE "Turn" SET "state" = 'running', "owner" = 'dead'`,
    );
    const server = await runningServer({ file, model: (model) => model.script(says("L it is.")) });
    expect(await toldIn(server, 0)).toBe(answer);
    const { client } = await resumed(server, scene);
    const late = await client.ask(submit(scene, interactionId, { values: SIZE }));
    expect(at(late, "error.code")).toBe("NO_PENDING_INTERACTION");
    await vi.waitFor(() =>
      expect(callIn(file)).toMatchObject({ state: "succeeded", result: answer }),
    );
  });
});
