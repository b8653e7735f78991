import { describe, expect, test } from "vitest";
import { signAuthContext } from "../auth/auth-context.js";
import { says } from "../model-answers.fixture.js";
import { openSession } from "../running-server.fixture.js";
import { refusalOf } from "./api-client.fixture.js";
import { AGENT_SECRET, apiWorld } from "./api-world.fixture.js";

interface List {
  conversations: { conversationId: string }[];
  nextCursor: string | null;
}

const idsOf = ({ conversations }: List) =>
  conversations.map(({ conversationId }) => conversationId);

describe("conversations", () => {
  test("are told with everybody in them and how they stand", async () => {
    const { admin, conversationId } = await apiWorld();
    const { json } = await admin.get(`/conversations/${conversationId}`);
    const { createdAt, updatedAt, participants } = json as Record<string, string>;
    const conversation = {
      conversationId,
      agentId: "shop",
      userId: "ada-17",
      turn: "parked",
      handOff: null,
      resolution: null,
      needsEscalation: false,
      messageCount: 3,
      createdAt,
      updatedAt,
    };
    expect(json).toMatchObject({ ...conversation, workflow: null });
    expect(participants).toHaveLength(2);
    expect(participants).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: "user", name: "Ada", userId: "ada-17" }),
        expect.objectContaining({ type: "ai-agent", name: "Mira", userId: null, email: null }),
      ]),
    );
    // Two answers of the model in the turn that ended, each 10 and 5 tokens.
    expect(json).toMatchObject({
      usage: { promptTokens: 20, completionTokens: 10, costUsd: 0 },
    });
    const list = (await admin.get("/conversations")).json as List;
    expect(list).toEqual({
      conversations: [expect.objectContaining(conversation)],
      nextCursor: null,
    });
  });

  test("are found by agent, visitor, instant and how they stand", async () => {
    const { admin, conversationId } = await apiWorld();
    const { updatedAt } = (await admin.get(`/conversations/${conversationId}`)).json as {
      updatedAt: string;
    };
    const found = async (query: Record<string, string>) =>
      idsOf(
        (await admin.get(`/conversations?${new URLSearchParams(query).toString()}`)).json as List,
      );
    const all = [conversationId];
    expect(await found({ agentId: "shop", visitor: "ada-17", handOff: "none" })).toEqual(all);
    expect(await found({ needsEscalation: "false", since: updatedAt })).toEqual(all);
    const none: Record<string, string>[] = [
      { agentId: "Shop" },
      { visitor: "ada-1" },
      { visitor: "%" },
      { handOff: "any" },
      { handOff: "requested" },
      { needsEscalation: "true" },
      { until: updatedAt },
      { since: "2999-01-01T00:00:00+02:00" },
    ];
    for (const query of none)
      expect({ query, ids: await found(query) }).toEqual({ query, ids: [] });
  });

  test("are read in pages, newest activity first, and move for nobody who pages", async () => {
    const { server, admin, conversationId } = await apiWorld();
    const opened = [];
    for (const userId of ["bob", "cid", "dan"]) {
      const authContext = signAuthContext({ userId, secret: AGENT_SECRET });
      const session = await openSession(server, { authContext });
      server.model.script(says("Hello."));
      const send = { action: "send_message", requestId: "r", message: "hi" };
      await session.client.ask({ ...send, sessionId: session.sessionId });
      await session.client.rest();
      opened.push(session);
    }
    const order = [...opened.map((session) => session.conversationId).reverse(), conversationId];
    const first = (await admin.get("/conversations?limit=2")).json as List;
    expect(idsOf(first)).toEqual(order.slice(0, 2));
    const [bob] = opened;
    if (!bob) throw new Error("Bob is needed");
    server.model.script(says("Again."));
    const again = { action: "send_message", requestId: "again", message: "more" };
    await bob.client.ask({ ...again, sessionId: bob.sessionId });
    await bob.client.rest();
    const second = (await admin.get(`/conversations?limit=2&cursor=${first.nextCursor}`)).json;
    // Bob's became the newest: whoever pages sees nothing twice, and it when they begin anew.
    expect(idsOf(second as List)).toEqual([conversationId]);
    expect(idsOf((await admin.get("/conversations?limit=1")).json as List)).toEqual([
      bob.conversationId,
    ]);
  });

  test("have what was said, newest first, with how each answer came about", async () => {
    const { admin, conversationId, decidedCallId } = await apiWorld();
    const path = `/conversations/${conversationId}/messages`;
    const { messages } = (await admin.get(path)).json as { messages: Record<string, unknown>[] };
    expect(messages.map(({ content }) => (content as { text: string }).text)).toEqual([
      "A broken kettle",
      "Done with the kettle.",
      "A broken kettle",
    ]);
    expect(messages[1]).toMatchObject({
      direction: "outbound",
      status: "completed",
      requestId: "first",
      from: { type: "ai-agent", name: "Mira" },
      toolCalls: [
        {
          toolCallId: decidedCallId,
          name: "issue_refund",
          status: "succeeded",
          result: "paid for the kettle",
          decision: { approved: true, by: "visitor" },
        },
      ],
    });
    const read = [];
    for (let query = "?limit=1"; ;) {
      const page = (await admin.get(path + query)).json as {
        messages: { id: string }[];
        nextCursor: string | null;
      };
      read.push(...page.messages.map(({ id }) => id));
      if (page.nextCursor === null) break;
      query = `?limit=1&cursor=${page.nextCursor}`;
    }
    expect(read).toEqual(messages.map(({ id }) => id));
  });

  test("get a title that stays", async () => {
    const { curator, admin, conversationId } = await apiWorld();
    const path = `/conversations/${conversationId}`;
    const before = (await admin.get(path)).json as object;
    const named = await curator.patch(path, { title: "  The kettle 🫖 \n" });
    const after = { ...before, title: "The kettle 🫖", titledBy: "host" };
    expect(named.json).toEqual(after);
    expect((await admin.get(path)).json).toEqual(after);
    expect(refusalOf(await admin.patch(path, {}))).toBe("400 VALIDATION_ERROR: title is required.");
  });
});
