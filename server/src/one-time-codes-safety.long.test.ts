import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { JANE, mailServer } from "./auth/otp/mail-server.fixture.js";
import { sessionTokens } from "./auth/session-token.js";
import { at, outlines, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  again,
  askForRefund,
  codeShop,
  JANES,
  LONG_AGO,
  passTime,
  refused,
  sentCode,
  verify,
} from "./one-time-code.fixture.js";
import { openSession, resumed, SESSION_SECRET, type Opened } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";

// Cut off late: on a busy machine the disk is slow, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const otpTypes = (frames: readonly Frame[]) =>
  frames.map(({ type }) => type).filter((type) => type.startsWith("otp_"));

describe("guesses from many sockets at once", () => {
  it("have the tries of one code between them, whatever their order", async () => {
    const { server, mail, sessionId, sessionToken } = await sentCode();
    const clients: CoreClient[] = [];
    for (let n = 0; n < 8; n += 1) {
      clients.push((await resumed(server, { sessionId, sessionToken })).client);
    }
    const verdicts = await Promise.all(
      clients.flatMap((client) =>
        [1, 2, 3].map(async () => {
          client.send({ action: "verify_otp", requestId: "v", sessionId, code: mail.wrongCode() });
          return refused((await client.until("otp_invalid")).at(-1) as Frame);
        }),
      ),
    );
    const left = verdicts.filter(([error]) => error === "INVALID_CODE").map(([, tries]) => tries);
    expect(left).toHaveLength(4);
    expect(new Set(left)).toEqual(new Set([1, 2, 3, 4]));
    expect(verdicts.filter(([error]) => error === "MAX_ATTEMPTS")).toHaveLength(20);
    expect(refused(await verify(clients[0]!, sessionId, mail.code()))).toEqual(["MAX_ATTEMPTS", 0]);
    expect(rowsIn(server.file, `SELECT "failures" FROM "OtpContact"`)).toEqual([{ failures: 5 }]);
  });

  it("over fresh sessions and fresh codes end with the tries of the day", async () => {
    const limits = { otpFailuresPerDay: 7, otpSendsPerHour: 1_000 };
    const { server, mail } = await codeShop({ limits });
    let tries = 0;
    for (let round = 0; round < 4; round += 1) {
      const opened = await openSession(server, JANES);
      await askForRefund(server, opened);
      for (let n = 0; n < 5; n += 1) {
        const [error] = refused(await verify(opened.client, opened.sessionId, mail.wrongCode()));
        if (error === "INVALID_CODE" || n === 4) tries += Number(error !== "NOT_FOUND");
      }
      // Whoever waits for the locks, or restarts the server, gets no further.
      passTime(server, "lockedUntil");
      writeIn(server.file, `UPDATE "OtpContact" SET "lockedUntil" = '${LONG_AGO}'`);
    }
    const [contact] = rowsIn(server.file, `SELECT "failures" FROM "OtpContact"`);
    expect(contact).toEqual({ failures: 7 });
    expect(tries).toBeGreaterThanOrEqual(7);
    const last = await openSession(server, JANES);
    await askForRefund(server, last);
    const right = await verify(last.client, last.sessionId, mail.code());
    expect(right.type, "even the right one is not tried any more").toBe("otp_invalid");
  });

  it("among which is the right one: it counts once", async () => {
    const { server, mail, sessionId, sessionToken } = await sentCode();
    const clients = await Promise.all(
      Array.from(
        { length: 6 },
        async () => (await resumed(server, { sessionId, sessionToken })).client,
      ),
    );
    const answers = await Promise.all(
      clients.map((client) => verify(client, sessionId, mail.code())),
    );
    expect(answers.filter(({ type }) => type === "otp_verified")).toHaveLength(1);
    expect(answers.filter((frame) => refused(frame)[0] === "NOT_FOUND")).toHaveLength(5);
  });
});

it("what was tried in vain of a contact is kept no longer than it counts", async () => {
  const { server, mail, client, sessionId } = await sentCode();
  const count = () => rowsIn(server.file, `SELECT "failures" FROM "OtpContact"`);
  await verify(client, sessionId, mail.wrongCode());
  passTime(server, "sentAt");
  await again(client, sessionId);
  expect(count()).toEqual([{ failures: 1 }]);
  writeIn(server.file, `UPDATE "OtpContact" SET "countedUntil" = '${LONG_AGO}'`);
  passTime(server, "sentAt");
  expect((await again(client, sessionId)).type).toBe("otp_sent");
  expect(count()).toEqual([]);
});

describe("what is said of a code", () => {
  /** A second session of the same conversation, as no client can open one. */
  async function sibling({ sessionId }: Opened, file: string) {
    const id = randomUUID();
    const columns = `"conversationId", "userParticipantId", "agentParticipantId", "status", "supports"`;
    writeIn(
      file,
      `INSERT INTO "Session" ("id", ${columns}) SELECT '${id}', ${columns} FROM "Session" WHERE "id" = '${sessionId}'`,
    );
    const { sessionToken } = await sessionTokens(SESSION_SECRET).mint({ id, userId: null });
    return { sessionId: id, sessionToken };
  }

  it("reaches every connection of the session, and no other of the conversation", async () => {
    const { server, mail } = await codeShop();
    const opened = await openSession(server, JANES);
    const { client: tab } = await resumed(server, opened);
    const { client: other } = await resumed(server, await sibling(opened, server.file), {
      supports: ["live"],
    });
    const frames = await askForRefund(server, opened);
    const seen = ["otp_verification_required", "otp_sent"];
    expect(otpTypes(frames)).toEqual(seen);
    expect(otpTypes(await tab.until("eventual_response"))).toEqual(seen);
    const heard = await other.until("eventual_response");
    expect(outlines(heard)).toContain("failure refund");
    expect(otpTypes(heard)).toEqual([]);
    // Any connection of the session may type it.
    expect((await verify(tab, opened.sessionId, mail.code())).type).toBe("otp_verified");
    for (const client of [opened.client, other]) await client.quiet();
  });

  it("is kept for a session alone when it could not be sent", async () => {
    const mail = await mailServer();
    mail.answer = (response) => response.writeHead(500).end();
    const { server } = await codeShop({ mail });
    const opened = await openSession(server, JANES);
    const { client: other } = await resumed(server, await sibling(opened, server.file));
    const frames = await askForRefund(server, opened);
    expect(outlines(frames)).toContain("r error OTP_SEND_FAILED");
    const heard = await other.until("eventual_response");
    expect(heard.filter(({ type }) => type === "error")).toEqual([]);
  });
});

it("a process that ends while it sends a code leaves one mail, and the next one ends the turn", async () => {
  const mail = await mailServer();
  const { server } = await codeShop({ mail, limits: { drainMs: 50 } });
  const accept = mail.answer;
  let reach: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  mail.answer = () => reach();
  const opened = await openSession(server, JANES);
  const { client, sessionId } = opened;
  server.model.script(calls({ name: "refund" }), says("Well."));
  client.send({ action: "send_message", requestId: "r", sessionId, message: "Pay!" });
  await reached;
  // Cut off in the middle: the turn is left to the next process.
  await server.stop();
  mail.answer = accept;
  const next = await codeShop({ file: server.file, mail });
  const { client: later, answer } = await resumed(next.server, opened);
  if (at(answer, "data.lastTurn") === null) await later.until("eventual_response");
  else expect(at(answer, "data.lastTurn.terminal.type")).toBe("eventual_response");
  expect(mail.mails).toHaveLength(1);
  expect((await verify(later, sessionId, mail.code())).type).toBe("otp_verified");
});

describe("an approval of whom a code proved", () => {
  async function parked() {
    const scene = await sentCode({ confirm: true });
    const { server, mail, client, sessionId } = scene;
    await verify(client, sessionId, mail.code());
    server.model.script(calls({ name: "refund" }), says("Done."));
    client.send({ action: "send_message", requestId: "p", sessionId, message: "Pay!" });
    const question = (await client.until("write_confirmation_required")).at(-1) as Frame;
    await client.next();
    const toolCallId = textAt(question, "data.data.toolCallId");
    const approve = { action: "confirm_tool_action", requestId: "c", sessionId, toolCallId };
    return { ...scene, approve: { ...approve, approved: true } };
  }

  it("names them in the record of decisions", async () => {
    const { server, client, runs, approve } = await parked();
    client.send(approve);
    expect(outlines(await client.until("eventual_response"))).toContain("result refund");
    expect(runs).toMatchObject([{ visitor: { userId: "user-jane" } }]);
    const { decisions } = await server.agent.decisions();
    expect(decisions).toMatchObject([
      { userId: "user-jane", approved: true, decidedBy: "visitor" },
    ]);
  });

  it("comes to nothing when it counts no more, and another code is sent", async () => {
    const { server, client, runs, approve } = await parked();
    writeIn(server.file, `UPDATE "Session" SET "authenticatedUntil" = '${LONG_AGO}'`);
    client.send(approve);
    const frames = outlines(await client.until("eventual_response"));
    expect(frames).toContain("failure refund");
    expect(frames.slice(-3)).toEqual([
      ...["p otp_verification_required", "p otp_sent", "p eventual_response"],
    ]);
    expect(runs).toEqual([]);
    const { decisions } = await server.agent.decisions();
    expect(decisions).toMatchObject([{ userId: null, outcome: "failed" }]);
  });
});

it("whom a code proved owns nothing by it, and no code makes an admin", async () => {
  const { server, mail, client, sessionId, conversationId } = await sentCode();
  await verify(client, sessionId, mail.code());
  const rows = rowsIn(server.file, `SELECT "ownerId" FROM "Conversation"`);
  expect(rows).toEqual([{ ownerId: null }]);
  // Elsewhere the same user has another conversation, and this one cannot be continued there.
  const elsewhere = await openSession(server, { ...JANES, conversationId });
  expect(elsewhere.conversationId).not.toBe(conversationId);
  const sessions = rowsIn(server.file, `SELECT "userId" FROM "Session"`);
  expect(sessions).toEqual([{ userId: null }, { userId: null }]);
});

it("nothing of a visitor is left when they are deleted: neither proof nor contact", async () => {
  const { server, mail, client, sessionId } = await sentCode();
  await verify(client, sessionId, mail.code());
  const waiting = await openSession(server, JANES);
  await askForRefund(server, waiting);
  await verify(waiting.client, waiting.sessionId, mail.wrongCode());
  const own = [...JANE, { destination: "j***@example.com", userId: "x" }];
  const found = () => {
    const { Participant: _, ...tables } = Object.fromEntries(databaseContents(server.file));
    const text = JSON.stringify(tables);
    return ["user-jane", ...own.map(({ destination }) => destination)].filter((word) =>
      text.includes(word),
    );
  };
  expect(found()).toEqual(["user-jane", "j***@example.com"]);
  expect(databaseContents(server.file).get("OtpContact")).toHaveLength(1);
  await server.agent.deleteVisitor("default", "user-jane");
  expect(found()).toEqual([]);
  expect(databaseContents(server.file).get("OtpContact")).toEqual([]);
  expect(refused(await verify(waiting.client, waiting.sessionId, mail.code()))[0]).toBe(
    "NOT_FOUND",
  );
});
