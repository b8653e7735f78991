import { describe, expect, it, vi } from "vitest";
import { at, outlines } from "./core-client.fixture.js";
import { FORM_TOOLS } from "./form-tools.fixture.js";
import {
  ASK_SIZE,
  ASK_WHO,
  formScene,
  sendIn,
  SHOWS_FORMS,
  SIZE,
  toldIn,
} from "./forms.fixture.js";
import type { FormScene } from "./forms.fixture.js";
import { calls, says, saysAndCalls, type WrittenCall } from "./model-answers.fixture.js";
import { SECRET, SHOP, type RunningServer } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";

// A machine may be busy, and no time here is short.
vi.setConfig({ testTimeout: 60_000 });

// What a model does for a client that can show no forms, and which agents may ask by them at all.

const inProse = () => formScene({ supports: [] });
const handIn = (kind: string, fields: object): WrittenCall => {
  return { name: "submit_interaction", arguments: { kind, ...fields } };
};
const visitorIn = ({ file }: RunningServer) =>
  databaseContents(file)
    .get("Participant")
    ?.find(({ type }) => type === "user");
const offered = ({ model }: RunningServer, request = 0) =>
  ((model.requests[request]?.body["tools"] ?? []) as { function: { name: string } }[]).map(
    (tool) => tool.function.name,
  );

/** Has the model make a call in a turn of its own, and hands out what it is told of it. */
async function toldOf(scene: FormScene, call: WrittenCall, requestId: string) {
  const { server, client } = scene;
  const asked = server.model.requests.length;
  server.model.script(calls(call), says("Well."));
  client.send(sendIn(scene, requestId));
  const lines = outlines(await client.rest());
  return { lines, told: await toldIn(server, asked + 1) };
}

describe("without the capability", () => {
  it("the model is told to ask in prose, at once, and the turn goes on", async () => {
    const scene = await inProse();
    const { server, client } = scene;
    server.model.script(saysAndCalls(["Sure."], ASK_WHO), says("What is your e-mail address?"));
    client.send(sendIn(scene));
    expect(outlines(await client.rest())).toEqual([
      "r: Processing your request...",
      '"Sure."',
      "call request_identity_intake",
      "result request_identity_intake",
      '"\\n\\n"',
      '"What is your e-mail address?"',
      "r eventual_response",
    ]);
    const told = JSON.parse(await toldIn(server, 1)) as Record<string, unknown>;
    const instructions = String(told["instructions"]);
    expect(told).toEqual({
      mode: "conversational",
      kind: "identity_intake",
      spec: {
        fields: [
          { key: "email", required: true },
          { key: "phone", required: false },
        ],
      },
      reason: "to ship it",
      instructions,
    });
    for (const part of ["submit_interaction", "identity_intake", "declined", '"email"']) {
      expect(instructions).toContain(part);
    }
    expect(databaseContents(server.file).get("ToolCall")).toMatchObject([{ interaction: null }]);
  });

  it("an answer that comes a turn later is checked the same way, all that is wrong told at once", async () => {
    const scene = await inProse();
    const { server } = scene;
    await toldOf(scene, ASK_WHO, "r1");
    const wrong = handIn("identity_intake", { values: { email: "ada", phone: "12" } });
    const first = await toldOf(scene, wrong, "r2");
    expect(first.lines).toContain("failure submit_interaction");
    expect(first.told).toContain("email: must be a valid email address\nphone: must be a valid");
    expect(visitorIn(server)).toMatchObject({ email: null, phone: null });
    const right = handIn("identity_intake", { values: { email: "Ada@B.CO" } });
    const second = await toldOf(scene, right, "r3");
    expect(second.lines).toContain("result submit_interaction");
    expect(second.told).toBe('{"status":"submitted","values":{"email":"Ada@b.co"}}');
    expect(visitorIn(server)).toMatchObject({ email: "Ada@b.co", phone: null, externalId: null });
    const declined = await toldOf(scene, handIn("identity_intake", { declined: true }), "r4");
    expect(declined.told).toMatch(/^\{"status":"declined","message":"[^"]+"\}$/);
  });

  it("what was asked last counts, and nothing is handed in that was not asked for", async () => {
    const scene = await inProse();
    const values = { answers: [{ header: "Color", options: ["Red"] }] };
    const early = await toldOf(scene, handIn("choices", { values: SIZE }), "r1");
    expect(early.told).toBe("Nothing was asked for: call request_choices first.");
    await toldOf(scene, ASK_SIZE, "r2");
    const other = { question: "Which?", header: "Color", options: ["Red", "Blue"] };
    await toldOf(scene, { ...ASK_SIZE, arguments: { questions: [other] } }, "r3");
    const old = await toldOf(scene, handIn("choices", { values: SIZE }), "r4");
    expect(old.told).toContain("Size: is not one of the questions");
    expect(old.told).toContain("Color: this question must be answered");
    const fresh = await toldOf(scene, handIn("choices", { values }), "r5");
    expect(fresh.told).toBe(`{"status":"submitted","values":${JSON.stringify(values)}}`);
    const none = await toldOf(scene, handIn("choices", {}), "r6");
    expect(none.told).toBe("values is required unless declined is true.");
    const unknown = await toldOf(scene, handIn("rating", { values }), "r7");
    expect(unknown.told).toMatch(/^The arguments are not valid/);
  });

  it("what the client of a session can show is what counts, kind by kind, and may change", async () => {
    const scene = await formScene({ supports: ["choice_chips"] });
    const { server, client, sessionId, sessionToken } = scene;
    const shown = await toldOf(scene, handIn("choices", { values: SIZE }), "r1");
    expect(shown.told).toBe("choices is not asked for this way.");
    const asked = await toldOf(scene, ASK_WHO, "r2");
    expect(JSON.parse(asked.told)).toMatchObject({ mode: "conversational" });
    const resume = { action: "resume_session", sessionId, sessionToken, supports: SHOWS_FORMS };
    expect(outlines([await client.ask({ ...resume, requestId: "x" })])).toEqual([
      "x: Session resumed",
    ]);
    server.model.script(calls(ASK_WHO));
    client.send(sendIn(scene, "r3"));
    expect(outlines(await client.until("interaction_required")).at(-1)).toBe(
      "form identity_intake",
    );
  });
});

describe("an agent", () => {
  const agents = (behaviour: object) => {
    return { shop: { allowedOrigins: [SHOP], secret: SECRET, ...behaviour } };
  };
  const [handsIn = "", ...asks] = FORM_TOOLS;

  it.each<[string, object, string[], string[]]>([
    ["without a list may ask by all, in prose", {}, [], FORM_TOOLS],
    ["without a list may ask by all, and hands nothing in", {}, SHOWS_FORMS, asks],
    ["some forms of which fall back", {}, ["choice_chips"], FORM_TOOLS],
    [
      "of a list may ask by those on it",
      { tools: ["request_ch*"] },
      [],
      [handsIn, "request_choices"],
    ],
    [
      "of a list that all can be shown of hands nothing in",
      { tools: ["request_choices"] },
      ["choice_chips"],
      ["request_choices"],
    ],
    ["of an empty list may ask by none", { tools: [] }, [], []],
    ["of a list of other tools may ask by none", { tools: ["look", handsIn] }, [], []],
  ])("%s", async (_, behaviour, supports, expected) => {
    const scene = await formScene({ supports }, { agents: agents(behaviour) });
    const { server, client } = scene;
    server.model.script(calls(ASK_SIZE, handIn("choices", { declined: true })), says("Well."));
    client.send(sendIn(scene));
    const frames = await client.until("interaction_required", "eventual_response");
    expect(offered(server)).toEqual(expected);
    if (expected.includes("request_choices")) return;
    const lines = outlines(frames);
    expect(lines).toContain("failure request_choices");
    expect(lines).toContain("failure submit_interaction");
    expect(await toldIn(server, 1)).toBe("There is no tool named submit_interaction.");
  });

  it("that nobody described may ask by none", async () => {
    const scene = await formScene({ agentId: "nobody" }, { strict: false });
    const { server, client } = scene;
    server.model.script(calls(ASK_SIZE), says("Well."));
    client.send(sendIn(scene));
    expect(outlines(await client.rest())).toContain("failure request_choices");
    expect(offered(server)).toEqual([]);
    expect(at(client.frames.at(-1) ?? { type: "", text: "", event: {} }, "status")).toBe(200);
  });
});
