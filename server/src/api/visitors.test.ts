import { describe, expect, test } from "vitest";
import { signAuthContext } from "../auth/auth-context.js";
import { at } from "../core-client.fixture.js";
import { says } from "../model-answers.fixture.js";
import { openSession, resumed, runningServer } from "../running-server.fixture.js";
import { databaseContents } from "../store/database-contents.fixture.js";
import { rowsIn, writeIn } from "../store/database-file.fixture.js";
import { ApiClient, refusalOf } from "./api-client.fixture.js";
import { AGENT_SECRET, apiSettings, apiWorld } from "./api-world.fixture.js";

const ada = () => ({
  authContext: signAuthContext({ userId: "ada-17", secret: AGENT_SECRET }),
  userName: "Ada",
  supports: ["live"],
});

describe("the sessions of a visitor", () => {
  test("are listed in pages, one ended alone, and then all of them at once", async () => {
    const { server, admin, curator, sessionId } = await apiWorld();
    const second = await openSession(server, ada());
    const first = await curator.get("/visitors/ada-17/sessions?limit=1");
    expect(first.json).toMatchObject({ sessions: [{ id: second.sessionId, status: "active" }] });
    const { nextCursor } = first.json as { nextCursor: string };
    const rest = await curator.get(`/visitors/ada-17/sessions?limit=5&cursor=${nextCursor}`);
    expect(rest.json).toMatchObject({
      sessions: [{ id: sessionId, agentId: "shop", endedReason: null }],
      nextCursor: null,
    });
    for (let again = 0; again < 2; again += 1) {
      expect((await admin.delete(`/sessions/${second.sessionId}`)).status).toBe(204);
    }
    expect((await second.client.next()).type).toBe("session_ended");
    expect((await second.client.closed).code).toBe(4401);
    expect(at((await resumed(server, second)).answer, "error.code")).toBe("SESSION_NOT_FOUND");
    const third = await openSession(server, ada());
    const revoked = await admin.delete("/visitors/ada-17/sessions");
    expect(revoked.json).toEqual({ ended: 2 });
    expect((await third.client.closed).code).toBe(4401);
    expect((await admin.delete("/visitors/ada-17/sessions")).json).toEqual({ ended: 0 });
    const all = await curator.get("/visitors/ada-17/sessions");
    const { sessions } = all.json as { sessions: { status: string; endedReason: string }[] };
    expect(sessions.map(({ status, endedReason }) => `${status} ${endedReason}`)).toEqual(
      Array.from({ length: 3 }, () => "ended revoked"),
    );
  });

  test("end for a whole organization, and for no other", async () => {
    const { server, admin, stranger } = await apiWorld();
    const elsewhere = await openSession(server, { agentId: "elsewhere" });
    const anonymous = await openSession(server);
    expect((await stranger.delete("/sessions")).json).toEqual({ ended: 0 });
    expect((await admin.delete("/sessions")).json).toEqual({ ended: 2 });
    expect((await anonymous.client.closed).code).toBe(4401);
    await elsewhere.client.quiet(elsewhere.sessionId);
  });
});

describe("a visitor's data", () => {
  test("are handed out as one document, and after the deletion there is nothing by that name", async () => {
    const { server, admin, conversationId, sessionId } = await apiWorld();
    const exported = await admin.get("/visitors/ada-17/export");
    expect(exported.headers.get("content-length"), "it is not held as a whole").toBeNull();
    expect(exported.json).toMatchObject({
      organizationId: "acme",
      userId: "ada-17",
      conversations: [{ id: conversationId }],
      sessions: [{ id: sessionId }],
    });
    expect(exported.text).toContain("A broken kettle");
    expect((await admin.delete("/visitors/ada-17")).json).toEqual({ conversations: 1 });
    const rows = JSON.stringify([...databaseContents(server.file)]);
    for (const trace of ["ada-17", "broken", sessionId]) expect(rows).not.toContain(trace);
    for (const path of ["/visitors/ada-17/export", "/visitors/ada-17/sessions"]) {
      const gone = await admin.get(path);
      expect(refusalOf(gone)).toBe("404 NOT_FOUND: There is nothing here by this name.");
    }
    expect((await admin.delete("/visitors/ada-17")).status).toBe(404);
  });

  test("that are many come whole, in pieces", async () => {
    const { server, admin, conversationId } = await apiWorld();
    writeIn(
      server.file,
      `INSERT INTO "Message" ("id", "conversationId", "seq", "participantId", "direction", "text")
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
       SELECT 'many-' || i, '${conversationId}', 1000 + i,
         (SELECT "participantId" FROM "Message" WHERE "conversationId" = '${conversationId}' LIMIT 1),
         'outbound', hex(randomblob(200)) FROM n`,
    );
    const { json } = await admin.get("/visitors/ada-17/export");
    const { messages } = json as { messages: { id: string }[] };
    expect(messages.filter(({ id }) => id.startsWith("many-"))).toHaveLength(5_000);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  });

  test("that cannot be read to their end break off: nobody takes them for whole", async () => {
    const { server, admin } = await apiWorld();
    // The later sections come from a table that cannot be read any more.
    writeIn(server.file, `ALTER TABLE "UsageEntry" RENAME COLUMN "purpose" TO "broken"`);
    await expect(admin.get("/visitors/ada-17/export")).rejects.toThrow("terminated");
    expect(server.log.join("")).toContain("api request failed");
    expect(server.log.join("")).not.toContain("kettle");
    expect((await admin.get("/visitors/ada-17/sessions")).status, "the server lives").toBe(200);
  });
});

describe("a conversation", () => {
  test("of nobody's is deleted too, and whoever has it open is sent away", async () => {
    const { server, admin, stranger } = await apiWorld();
    const { client, conversationId, sessionId } = await openSession(server);
    server.model.script(says("Hello."));
    client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    await client.rest();
    expect((await stranger.delete(`/conversations/${conversationId}`)).status).toBe(404);
    await client.quiet(sessionId);
    expect((await admin.delete(`/conversations/${conversationId}`)).status).toBe(204);
    expect((await client.closed).code).toBe(4401);
    expect((await admin.get(`/conversations/${conversationId}`)).status).toBe(404);
    expect((await admin.delete(`/conversations/${conversationId}`)).status).toBe(404);
  });
});

describe("the retention sweep", () => {
  test("deletes what is old, of the principal's own organization", async () => {
    const { server, admin, stranger, conversationId } = await apiWorld({ retentionDays: 30 });
    const [old, elsewhere] = [
      await openSession(server),
      await openSession(server, { agentId: "elsewhere" }),
    ];
    writeIn(server.file, `UPDATE "Conversation" SET "updatedAt" = '2020-01-01T00:00:00.000+00:00'`);
    expect((await stranger.ask("POST", "/retention/sweep")).json).toEqual({ conversations: 0 });
    expect((await admin.ask("POST", "/retention/sweep")).json).toEqual({ conversations: 1 });
    const left = rowsIn(server.file, `SELECT "id" FROM "Conversation"`).map(
      (row) => (row as { id: string }).id,
    );
    // One waits for an answer, the other is another organization's.
    expect(new Set(left)).toEqual(new Set([conversationId, elsewhere.conversationId]));
    expect(left).not.toContain(old.conversationId);
  });

  test("is refused where nobody said how long things are kept", async () => {
    const { retentionDays: _, ...settings } = apiSettings();
    const server = await runningServer(settings);
    const admin = await ApiClient.of(server, "acme");
    const refused = await admin.ask("POST", "/retention/sweep");
    expect(refusalOf(refused)).toBe("409 CONFLICT: Set retentionDays in the configuration first.");
  });
});
