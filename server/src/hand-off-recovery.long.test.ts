import { describe, expect, it, vi } from "vitest";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
import { PRINCIPAL_SECRET } from "./api/api-client.fixture.js";
import { hostSide, serverWithHost } from "./host-side.fixture.js";
import { heldAnswer, says, saysAndCalls } from "./model-answers.fixture.js";
import { modelServer } from "./gateway/model-server.fixture.js";
import { program, writeConfig } from "./program.fixture.js";
import {
  createSession,
  openSession,
  resumed,
  sessionOf,
  SHOP,
  temporaryFolder,
  type Opened,
} from "./running-server.fixture.js";
import { sqliteStore } from "./store/sqlite-store.js";
import { defineTool } from "./tools/tool.js";

vi.setConfig({ testTimeout: 60_000 });

// A process that dies between the steps of a takeover: what it left is silent all the same.

let refunds = 0;
const tools = [
  defineTool({
    name: "refund",
    description: "Refunds.",
    confirm: true,
    execute: () => (refunds += 1),
  }),
];

/** Writes what a process that died right after it had let somebody take over would have left. */
async function takenOver(file: string, { conversationId }: Opened): Promise<void> {
  const store = sqliteStore({ file });
  await store.open();
  const step = { organizationId: "default", reason: undefined, at: new Date() };
  const from = [null] as const;
  await store.changeHandOff({ ...step, conversationId, from, to: "active", name: "Ana" });
  await store.close();
}

const reply = (frame: Frame | undefined) => frame && at(frame, "data.data");

describe("after a death between taking over and ending the turn", () => {
  it("a turn that was running says nothing more, and keeps what it said", async () => {
    const first = await serverWithHost({ limits: { drainMs: 0 } });
    const opened = await openSession(first.server);
    const { client, sessionId } = opened;
    const held = heldAnswer();
    first.server.model.script(held.answer);
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    await first.server.model.request(0);
    await first.server.stop();
    const { file } = first.server;
    await takenOver(file, opened);
    const { server } = await serverWithHost({ file, model: (model) => model.script(says("No.")) });
    const { answer, client: back } = await resumed(server, opened);
    const ended = at(answer, "data.lastTurn.terminal") ?? (await back.rest()).at(-1)?.event;
    expect(ended).toMatchObject({
      type: "eventual_response",
      requestId: "r",
      data: { data: { handOff: "active", response: { responseParts: [] } } },
    });
    expect(at(answer, "data.handOff")).toEqual({ state: "active", name: "Ana" });
    expect(server.model.requests).toEqual([]);
  });

  it("a question that waited is declined: nothing runs, and the visitor may write", async () => {
    const before = refunds;
    const first = await serverWithHost({ tools });
    const opened = await openSession(first.server);
    const { client, sessionId } = opened;
    first.server.model.script(saysAndCalls(["I can."], { name: "refund" }));
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    const asked = (await client.until("write_confirmation_required")).at(-1) as Frame;
    const toolCallId = textAt(asked, "data.data.toolCallId");
    await first.server.stop();
    const { file } = first.server;
    await takenOver(file, opened);
    const { server } = await serverWithHost({
      tools,
      file,
      model: (model) => model.script(says("No.")),
    });
    const { answer, client: back } = await resumed(server, opened);
    expect(at(answer, "data.activeTurn")).toBeNull();
    expect(at(answer, "data.lastTurn.terminal.type")).toBe("cancelled");
    const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, toolCallId };
    expect((await back.ask({ ...verdict, approved: true })).event).toMatchObject({
      error: { code: "NO_PENDING_CONFIRMATION" },
    });
    await back.ask({ action: "send_message", requestId: "r2", sessionId, message: "Ana?" });
    const frames = await back.rest();
    expect(outlines(frames)).toEqual(["r2 eventual_response"]);
    expect(reply(frames.at(-1))).toMatchObject({ handOff: "active" });
    expect(refunds).toBe(before);
    expect(server.model.requests).toEqual([]);
  });

  it("killed as soon as it answered, the program is silent when it comes back", async () => {
    const folder = await temporaryFolder();
    const model = await modelServer();
    await writeConfig(
      folder,
      `{ agents: { shop: { allowedOrigins: ["${SHOP}"] } }, principals: { secret: "${PRINCIPAL_SECRET}" } }`,
    );
    const start = () => program(folder, { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: model.url });
    const first = await start();
    const client = await first.connect();
    const session = sessionOf((await createSession(client)).created);
    const { sessionId, conversationId } = session;
    const held = heldAnswer();
    model.script(held.answer, says("unasked"));
    await client.ask({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    await held.say("We ");
    await client.next();
    const host = await hostSide(first);
    const body = { state: "active", name: "Ana" };
    expect((await host(`/conversations/${conversationId}/hand-off`, body)).status).toBe(200);
    await first.end("SIGKILL");
    const second = await start();
    const { answer, client: back } = await resumed(second, session);
    expect(at(answer, "data.handOff")).toEqual({ state: "active", name: "Ana" });
    expect(at(answer, "data.activeTurn")).toBeNull();
    expect(at(answer, "data.lastTurn")).toMatchObject({
      requestId: "r",
      terminal: { type: "cancelled" },
    });
    await back.ask({ action: "send_message", requestId: "r2", sessionId, message: "Ana?" });
    expect(reply((await back.rest()).at(-1))).toMatchObject({ handOff: "active" });
    expect(model.requests).toHaveLength(1);
    await model.close();
  });
});
