import { describe, expect, it } from "vitest";
import { accessWorld, callers, ownersFor, type Person } from "./access-world.fixture.js";
import { ask, callId, callIn, NAVIGATE, submission, TO_CART, told } from "./client-page.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { createSession } from "./running-server.fixture.js";

const NEVER = "00000000-0000-4000-8000-000000000000";

describe.each<[string, Person]>(Object.entries(callers))("%s", (_, caller) => {
  it("says nothing of another one's page", { timeout: 60_000 }, async () => {
    const world = await accessWorld();
    const { server } = world;
    /** Somebody's page that was called and has not said what came of it. */
    const called = async (person: Person) => {
      const client = await world.connect(person);
      const { agentId } = person;
      const fields = { agentId, clientTools: [NAVIGATE], ...(await world.said(person)) };
      const session = await createSession(client, fields);
      server.model.script(calls(TO_CART));
      ask({ client, sessionId: session.sessionId });
      return { client, ...session, toolCallId: callId(await callIn(client)) };
    };
    const own = await called(caller);
    const unknown = await own.client.ask(submission(own.sessionId, NEVER));
    expect(unknown.text).toContain("NO_PENDING_INTERACTION");
    const targets = [];
    for (const owner of ownersFor(caller).values()) targets.push(await called(owner));
    const stranger = await world.connect(caller);
    for (const { sessionId, toolCallId } of targets) {
      for (const forged of [
        submission(sessionId, toolCallId),
        submission(own.sessionId, toolCallId),
        submission(sessionId, own.toolCallId),
      ]) {
        expect((await own.client.ask(forged)).text).toBe(unknown.text);
        expect((await stranger.ask(forged)).text).toBe(unknown.text);
      }
    }
    for (const { client, sessionId, toolCallId } of [own, ...targets]) {
      server.model.script(says("Done."));
      client.send(submission(sessionId, toolCallId));
      await client.rest();
      expect(told(server)).toBe('{"from":"page","result":"opened"}');
    }
  });
});
