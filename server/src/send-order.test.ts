import { expect, it } from "vitest";
import { at, type Frame } from "./core-client.fixture.js";
import { heldAnswer, says } from "./model-answers.fixture.js";
import { openSession, runningServer } from "./running-server.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";

// The checks of a message in PROTOCOL.md's order: everything is wrong at first, and the first mistake is told;
// each is mended in its turn, and the next one shows.

it("a message is refused for the first thing that is wrong with it", async () => {
  let hasKey = false;
  const server = await runningServer({
    limits: { messagesPerMinute: 3, drainMs: 5_000 },
    prices: { "test-model": { input: 1, output: 1 } },
    organizations: { default: { budgetUsd: 1 } },
    gatewayOf: async () => {
      if (!hasKey) throw new Error("down");
      return null;
    },
  });
  const { client, sessionId } = await openSession(server);
  const message: Record<string, unknown> = {
    action: "send_message",
    requestId: " ",
    sessionId: "",
    message: " ",
    skill: "sing",
    model: "other",
  };
  const refusal = async (): Promise<[unknown, unknown]> => {
    const frame = await client.ask(message);
    return [at(frame, "error.code"), at(frame, "error.message")];
  };
  const mend = (field: string, value: unknown) => void (message[field] = value);

  expect(await refusal()).toEqual(["VALIDATION_ERROR", expect.stringContaining("requestId")]);
  mend("requestId", "r1");
  expect(await refusal()).toEqual(["VALIDATION_ERROR", expect.stringContaining("sessionId")]);
  mend("sessionId", "00000000-0000-4000-8000-000000000000");
  expect(await refusal()).toEqual(["VALIDATION_ERROR", expect.stringContaining("message")]);
  mend("message", "hi");
  expect((await refusal())[0]).toBe("SKILL_NOT_FOUND");
  mend("skill", "");
  expect((await refusal())[0]).toBe("SESSION_NOT_FOUND");
  mend("sessionId", sessionId);
  expect(await refusal()).toEqual(["VALIDATION_ERROR", expect.stringContaining("model")]);
  mend("model", undefined);

  // A key is missing from here on. A budget that is spent stands before it.
  writeIn(server.file, "UPDATE Organization SET budgetUsd = 0");
  expect((await refusal())[0]).toBe("BUDGET_EXCEEDED");
  writeIn(server.file, "UPDATE Organization SET budgetUsd = NULL");
  expect((await refusal())[0]).toBe("LLM_UNAVAILABLE");

  hasKey = true;
  const held = heldAnswer();
  server.model.script(held.answer, says("Hi."));
  expect((await client.ask(message)).type).toBe("immediate_response");
  await held.say("Well");
  await client.until("stream_token");

  // The third message of this minute is under way: what comes now is too much, before anything else.
  mend("requestId", "r2");
  writeIn(server.file, "UPDATE Organization SET budgetUsd = 0");
  expect((await refusal())[0]).toBe("RATE_LIMITED");

  // Draining stands before the rate, and the same message again before both.
  const drained = server.agent.drain();
  expect((await refusal())[0]).toBe("UNAVAILABLE");
  mend("requestId", "r1");
  const again = await client.ask(message);
  expect(at(again, "data.duplicate")).toBe(true);
  mend("message", "something else");
  expect(await refusal()).toEqual(["VALIDATION_ERROR", expect.stringContaining("requestId")]);
  await held.finish();
  expect((await client.rest()).at(-1)?.type).toBe("eventual_response");
  await drained;
  expect(rowsIn(server.file, "SELECT count(*) AS n FROM Turn")).toEqual([{ n: 1 }]);
});

it("a budget that is spent stands before a turn in progress, that before a missing key", async () => {
  let hasKey = true;
  const server = await runningServer({
    limits: { gatewayKeyMs: 0 },
    gatewayOf: async () => {
      if (!hasKey) throw new Error("down");
      return null;
    },
  });
  const { client, sessionId } = await openSession(server);
  const held = heldAnswer();
  server.model.script(held.answer, says("Hi."));
  const send = (requestId: string): Promise<Frame> =>
    client.ask({ action: "send_message", requestId, sessionId, message: "hi" });
  expect((await send("r1")).type).toBe("immediate_response");
  await held.say("Well");
  await client.until("stream_token");
  hasKey = false;
  writeIn(server.file, "UPDATE Organization SET budgetUsd = 0");
  expect(at(await send("r2"), "error.code")).toBe("BUDGET_EXCEEDED");
  writeIn(server.file, "UPDATE Organization SET budgetUsd = NULL");
  expect(at(await send("r2"), "error.code")).toBe("TURN_IN_PROGRESS");
  await held.finish();
  expect((await client.rest()).at(-1)?.type).toBe("eventual_response");
  expect(at(await send("r2"), "error.code")).toBe("LLM_UNAVAILABLE");
});
