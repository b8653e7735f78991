import { describe, expect, it, onTestFinished } from "vitest";
import { ask, callId, callIn, NAVIGATE, submission, TO_CART, told } from "./client-page.fixture.js";
import { at, outlines } from "./core-client.fixture.js";
import { modelServer } from "./gateway/model-server.fixture.js";
import { calls, heldAnswer, says } from "./model-answers.fixture.js";
import { program, writeConfig } from "./program.fixture.js";
import { createSession, resumed, SHOP, temporaryFolder } from "./running-server.fixture.js";

// The real program, killed by the kernel while a page has a call.

const CONFIG = `{ agents: { shop: { allowedOrigins: ["${SHOP}"] } } }`;
const declared = { clientTools: [NAVIGATE] };
const OPENED = '{"from":"page","result":"opened"}';

async function visit() {
  const folder = await temporaryFolder();
  const model = await modelServer();
  onTestFinished(() => model.close());
  await writeConfig(folder, CONFIG);
  const start = () => program(folder, { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: model.url });
  const first = await start();
  const client = await first.connect();
  const session = await createSession(client, declared);
  model.script(calls(TO_CART), says("Done."));
  return { model, start, first, client, session, sessionId: session.sessionId };
}

describe("after kill -9", { timeout: 60_000 }, () => {
  it("what the page says of the call that it had counts, once", async () => {
    const { model, start, first, client, session, sessionId } = await visit();
    ask({ client, sessionId });
    const toolCallId = callId(await callIn(client));
    await first.end("SIGKILL");
    const second = await start();
    const { client: back, answer } = await resumed(second, session, declared);
    expect(at(answer, "data.activeTurn")).toMatchObject({
      status: "parked",
      items: [{ toolCallId, status: "executing" }],
    });
    back.send(submission(sessionId, toolCallId));
    expect(outlines(await back.rest())).toEqual([
      "s: Tool result accepted",
      "result client_navigate",
      '"Done."',
      "r eventual_response",
    ]);
    expect(told({ model })).toBe(OPENED);
    const again = await back.ask(submission(sessionId, toolCallId));
    expect(at(again, "error.code")).toBe("NO_PENDING_INTERACTION");
  });

  it("what it said before is told, and the page is not called again", async () => {
    const { model, start, first, client, session, sessionId } = await visit();
    const held = heldAnswer();
    model.script(calls(TO_CART), held.answer, says("Done."));
    ask({ client, sessionId });
    client.send(submission(sessionId, callId(await callIn(client))));
    await model.request(1);
    await first.end("SIGKILL");
    const second = await start();
    const { client: back, answer } = await resumed(second, session, declared);
    if (at(answer, "data.activeTurn") !== null) await back.rest();
    expect(back.frames.map(({ type }) => type)).not.toContain("client_tool_call");
    expect(model.requests).toHaveLength(3);
    expect(told({ model })).toBe(OPENED);
  });
});
