import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { mailServer } from "./auth/otp/mail-server.fixture.js";
import { at, outlines, textAt, type Frame } from "./core-client.fixture.js";
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
import { openSession, resumed, runningServer, SECRET } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { rowsIn, writeIn } from "./store/database-file.fixture.js";

// Cut off late: on a busy machine the disk is slow, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

/** A frame with the times in it replaced, which the clock decides. */
const timeless = ({ text }: Frame) =>
  text.replaceAll(/"(expiresAt|resendAt|retryAfterMs)":\d+/g, '"$1":2');
const otp = (type: string, data: object, requestId = "r") =>
  JSON.stringify({ type, requestId, data: { requestId, data }, timestamp: 1 });
const invalid = (error: string, attemptsRemaining: number, message: string) =>
  otp("otp_invalid", { error, attemptsRemaining, message }, "v");
const NOT_FOUND = invalid("NOT_FOUND", 0, "There is no code to verify. Please ask for a new one.");
const FAILED = { code: "OTP_SEND_FAILED", message: "No code could be sent." };
const failed = (requestId: string, more: object = {}) => {
  const error = { ...FAILED, ...more };
  return JSON.stringify({
    type: "error",
    requestId,
    error,
    data: { requestId, error },
    timestamp: 1,
  });
};
const LATER = { retryable: true, retryAfterMs: 2 };
/** What a turn says of a tool that was refused. */
const REFUSED = ["r: Processing your request...", "call refund", "failure refund", `"Well."`];
const told = (request: { body: Record<string, unknown> } | undefined) =>
  (request?.body["messages"] as { content: string }[] | undefined)?.at(-1)?.content;

describe("a turn whose tool needs to know who the visitor is", () => {
  it("sends a code after the answer and before its end, to the byte", async () => {
    const { server, mail, frames, sessionId, conversationId } = await sentCode();
    const asked = ["r otp_verification_required", "r otp_sent", "r eventual_response"];
    expect(outlines(frames)).toEqual([...REFUSED, ...asked]);
    const [required, sent] = frames.slice(-3);
    const question = {
      ...{ toolId: "refund", actionDescription: "Pay back" },
      ...{ availableChannels: ["email", "sms"], authLevel: "end_user" },
    };
    expect(required?.text).toBe(otp("otp_verification_required", question));
    const delivery = { channel: "email", maskedDestination: "j***@example.com" };
    const times = { expiresAt: 2, resendAt: 2, attemptsRemaining: 5 };
    expect(timeless(sent as Frame)).toBe(otp("otp_sent", { ...delivery, ...times }));
    const agent = { id: "shop", name: "Mira" };
    const place = { organization: { id: "default" }, agent, conversation: { id: conversationId } };
    expect(mail.queries).toEqual([
      {
        ...{ ...place, session: { id: sessionId } },
        visitor: { name: "Jane", email: "jane@example.com" },
        tool: { name: "refund", title: "Pay back" },
      },
    ]);
    const expiresAt = new Date(Number(at(sent as Frame, "data.data.expiresAt"))).toISOString();
    const { code, ...mailed } = mail.mails[0]!;
    expect(mailed).toEqual({
      ...{ channel: "email", destination: "jane@example.com", expiresAt },
      ...place,
    });
    expect(code).toMatch(/^\d{6}$/);
    expect(told(server.model.requests.at(-1))).toContain("by a one-time code");
  });

  it("runs the tool for whom the code proved the visitor to be, until that counts no more", async () => {
    const { server, mail, runs, client, sessionId } = await sentCode();
    const verified = await verify(
      client,
      sessionId,
      ` ${mail.code().slice(0, 3)}-${mail.code().slice(3)} `,
    );
    const message = "Thank you. It is now known who you are.";
    expect(timeless(verified)).toBe(otp("otp_verified", { message, expiresAt: 2 }, "v"));
    const until = Number(at(verified, "data.data.expiresAt")) - Date.now();
    expect(until / 60_000).toBeCloseTo(30, 0);
    expect((await verify(client, sessionId, mail.code())).text, "it is used up").toBe(NOT_FOUND);
    const frames = await askForRefund(server, { client, sessionId }, "r2");
    expect(outlines(frames).slice(1, 3)).toEqual(["call refund", "result refund"]);
    expect(outlines(frames)).not.toContain("r2 otp_sent");
    // What was typed stays what nobody vouched for.
    expect(runs.map(({ visitor }) => visitor)).toEqual([{ userId: "user-jane" }]);
    writeIn(server.file, `UPDATE "Session" SET "authenticatedUntil" = '${LONG_AGO}'`);
    const later = await askForRefund(server, { client, sessionId }, "r3");
    expect(outlines(later)).toContain("r3 otp_sent");
    expect([runs.length, mail.mails.length]).toEqual([1, 2]);
  });

  it("says nothing where the host knows no contact, or can send none", async () => {
    const shop = await codeShop();
    const stranger = { userEmail: "nobody@example.com" };
    const opened = await openSession(shop.server, stranger);
    const end = [...REFUSED, "r eventual_response"];
    expect(outlines(await askForRefund(shop.server, opened))).toEqual(end);
    expect(shop.mail.mails).toEqual([]);
    expect((await verify(opened.client, opened.sessionId, "123456")).text).toBe(NOT_FOUND);
    expect((await again(opened.client, opened.sessionId)).text).toBe(failed("a"));
    const { otp: _, ...without } = { ...shop.mail };
    const { server } = await codeShop({ mail: { ...without, otp: undefined as never } });
    const plain = await openSession(server, JANES);
    expect(outlines(await askForRefund(server, plain))).toEqual(end);
    expect(told(server.model.requests.at(-1))).not.toContain("code");
    expect((await verify(plain.client, plain.sessionId, "123456")).text).toBe(NOT_FOUND);
    expect((await again(plain.client, plain.sessionId)).text).toBe(failed("a"));
  });

  it("sends none twice at once: the code before is told again", async () => {
    const { server, mail, client, sessionId, frames } = await sentCode();
    const second = await askForRefund(server, { client, sessionId }, "r2");
    expect(outlines(second).slice(-3)).toEqual([
      ...["r2 otp_verification_required", "r2 otp_sent", "r2 eventual_response"],
    ]);
    expect(at(second.at(-2) as Frame, "data.data")).toEqual(
      at(frames.at(-2) as Frame, "data.data"),
    );
    expect(mail.mails).toHaveLength(1);
    expect((await verify(client, sessionId, mail.code())).type).toBe("otp_verified");
  });

  it("is asked once, however many calls were refused", async () => {
    const { server, mail } = await codeShop();
    const { client, sessionId } = await openSession(server, JANES);
    server.model.script(
      calls({ name: "refund" }, { name: "refund" }),
      calls({ name: "refund" }),
      says("Well."),
    );
    client.send({ action: "send_message", requestId: "r", sessionId, message: "Pay!" });
    const frames = outlines(await client.until("eventual_response"));
    expect(frames.filter((line) => line.startsWith("r otp_"))).toHaveLength(2);
    expect(mail.mails).toHaveLength(1);
  });
});

describe("a code that cannot be sent", () => {
  it.each<[string, (mail: Awaited<ReturnType<typeof mailServer>>) => void, object]>([
    [
      "is refused by the mail server",
      (mail) => (mail.answer = (response) => response.writeHead(500).end()),
      LATER,
    ],
    ["takes too long", (mail) => (mail.answer = () => undefined), LATER],
    [
      "has no known contacts",
      (mail) => (mail.otp.contacts = () => Promise.reject(new Error("jane@example.com"))),
      {},
    ],
    [
      "has contacts that are none",
      (mail) => (mail.otp.contacts = () => [{ channel: "email" }] as never),
      {},
    ],
    [
      "is of nobody",
      (mail) =>
        mail.users.set("jane@example.com", [
          { channel: "email", destination: "jane@example.com", userId: "\n" },
        ]),
      {},
    ],
  ])("since it %s: the turn ends all the same", async (_, prepare, more) => {
    const mail = await mailServer();
    prepare(mail);
    const { server } = await codeShop({ mail, limits: { hostFunctionMs: 150 } });
    const { client, sessionId } = await openSession(server, JANES);
    const frames = await askForRefund(server, { client, sessionId });
    const failure = frames.at(-2) as Frame;
    expect(timeless(failure)).toBe(failed("r", more));
    expect(outlines(frames).at(-1)).toBe("r eventual_response");
    expect((await verify(client, sessionId, "123456")).text).toBe(NOT_FOUND);
    const log = server.log.join("");
    expect(log).toContain("of the otp service");
    for (const secret of ["jane@example.com", ...mail.mails.map(({ code }) => code)]) {
      expect(log).not.toContain(secret);
    }
    await client.quiet(sessionId);
  });

  it("is not said of a turn that was stopped meanwhile", async () => {
    const mail = await mailServer();
    let reach: (response: ServerResponse) => void = () => undefined;
    const reached = new Promise<ServerResponse>((resolve) => (reach = resolve));
    mail.answer = (response) => reach(response);
    const { server } = await codeShop({ mail, limits: { hostFunctionMs: 1e6 } });
    const { client, sessionId } = await openSession(server, JANES);
    server.model.script(calls({ name: "refund" }), says("Well."));
    client.send({ action: "send_message", requestId: "r", sessionId, message: "Pay!" });
    const sending = once(await reached, "close");
    client.send({ action: "cancel", requestId: "r", sessionId });
    const frames = await client.until("cancelled");
    expect(outlines(frames)).not.toContain("r otp_sent");
    // The host is told to stop, too.
    await sending;
    await client.quiet(sessionId);
  });
});

describe("a code that is typed", () => {
  it("is refused with what is left, and at last for good", async () => {
    const { server, mail, client, sessionId } = await sentCode();
    const wrong = "The code is not right. Please try again.";
    const typed = [mail.wrongCode(), "12", "letters", `${mail.code()}0`];
    for (const [index, code] of typed.entries()) {
      const { text } = await verify(client, sessionId, code);
      expect(text).toBe(invalid("INVALID_CODE", 4 - index, wrong));
    }
    const locked = invalid(
      "MAX_ATTEMPTS",
      0,
      "That was tried too often. Please ask for a new code later.",
    );
    expect((await verify(client, sessionId, mail.wrongCode())).text).toBe(locked);
    expect((await verify(client, sessionId, mail.code())).text, "even the right one").toBe(locked);
    passTime(server, "sentAt");
    const early = await again(client, sessionId);
    expect(textAt(early, "error.code")).toBe("RATE_LIMITED");
    expect(Number(at(early, "error.retryAfterMs")) / 60_000).toBeCloseTo(15, 0);
    expect((await again(client, sessionId, "sms")).text).toContain("RATE_LIMITED");
    const turn = await askForRefund(server, { client, sessionId }, "r2");
    expect(timeless(turn.at(-2) as Frame)).toBe(failed("r2", LATER));
    // Another session of whoever it is does not get around the lock of the contact.
    const other = await openSession(server, JANES);
    const elsewhere = await askForRefund(server, other);
    expect(timeless(elsewhere.at(-2) as Frame)).toBe(failed("r", LATER));
    expect(mail.mails).toHaveLength(1);
    writeIn(server.file, `UPDATE "OtpContact" SET "lockedUntil" = '${LONG_AGO}'`);
    passTime(server, "lockedUntil");
    expect((await again(client, sessionId)).type).toBe("otp_sent");
    expect((await verify(client, sessionId, mail.code())).type).toBe("otp_verified");
  });

  it("is not good for ever", async () => {
    const { server, mail, client, sessionId } = await sentCode();
    passTime(server, "expiresAt");
    const expired = invalid("EXPIRED", 0, "The code has expired. Please ask for a new one.");
    expect((await verify(client, sessionId, mail.code())).text).toBe(expired);
    expect(rowsIn(server.file, `SELECT * FROM "OtpChallenge"`)).toMatchObject([
      { attemptsLeft: 5 },
    ]);
  });

  it("is good after a restart, and so are the tries that were counted", async () => {
    const { server, mail, client, sessionId, sessionToken } = await sentCode();
    for (let n = 0; n < 3; n += 1) await verify(client, sessionId, mail.wrongCode());
    await server.stop();
    const next = await codeShop({ file: server.file, mail });
    const { client: later } = await resumed(next.server, { sessionId, sessionToken });
    expect(refused(await verify(later, sessionId, mail.wrongCode()))).toEqual(["INVALID_CODE", 1]);
    expect((await verify(later, sessionId, mail.code())).type).toBe("otp_verified");
    const frames = await askForRefund(next.server, { client: later, sessionId }, "r2");
    expect(outlines(frames)).toContain("result refund");
  });

  it("looks the same where it is unknown, another's, or of no session", async () => {
    const { server, mail, sessionId, client } = await sentCode();
    const other = await openSession(server, JANES);
    const never = "00000000-0000-4000-8000-000000000000";
    for (const session of [sessionId, never, other.sessionId]) {
      expect((await verify(other.client, session, mail.code())).text).toBe(NOT_FOUND);
    }
    const unknown = await again(other.client, never);
    expect(unknown.text).toContain("SESSION_NOT_FOUND");
    expect((await again(other.client, sessionId)).text).toBe(unknown.text);
    expect((await again(other.client, other.sessionId)).text).toBe(failed("a"));
    expect((await verify(client, sessionId, mail.code())).type, "nothing was spent").toBe(
      "otp_verified",
    );
  });

  it("stands nowhere: in no column and in no line of the log", async () => {
    const { server, mail, client, sessionId } = await sentCode();
    await verify(client, sessionId, mail.wrongCode());
    const contents = JSON.stringify([...databaseContents(server.file)]);
    expect(contents).toContain("j***@example.com");
    const log = server.log.join("");
    for (const text of [contents, log]) expect(text).not.toContain(mail.code());
    await verify(client, sessionId, mail.code());
    expect(JSON.stringify([...databaseContents(server.file)])).not.toContain(mail.code());
    expect(server.log.join("")).not.toContain(mail.code());
    expect(log).not.toContain("jane@example.com");
  });
});

describe("another code", () => {
  it("waits, goes by the channel that is chosen, and replaces the one before", async () => {
    const { server, mail, client, sessionId } = await sentCode();
    const first = mail.code();
    const early = await again(client, sessionId, "sms");
    expect(textAt(early, "error.code")).toBe("RATE_LIMITED");
    expect(Number(at(early, "error.retryAfterMs"))).toBeLessThanOrEqual(30_000);
    expect(Number(at(early, "error.retryAfterMs"))).toBeGreaterThan(20_000);
    passTime(server, "sentAt");
    const odd = await again(client, sessionId, "pigeon");
    const message = "channel is not one of those that there are.";
    expect(at(odd, "error")).toEqual({ code: "VALIDATION_ERROR", message });
    const sent = await again(client, sessionId, "sms");
    const delivery = { channel: "sms", maskedDestination: "***67" };
    const times = { expiresAt: 2, resendAt: 2, attemptsRemaining: 5 };
    expect(timeless(sent)).toBe(otp("otp_sent", { ...delivery, ...times }, "a"));
    expect(mail.mails.at(-1)).toMatchObject({ channel: "sms", destination: "+15551234567" });
    expect(mail.queries.at(-1)).toMatchObject({ tool: { name: "refund", title: "Pay back" } });
    if (first !== mail.code()) {
      expect(refused(await verify(client, sessionId, first))).toEqual(["INVALID_CODE", 4]);
    }
    // Asked for without a channel, and by the next turn: as before.
    passTime(server, "sentAt");
    expect(textAt(await again(client, sessionId), "data.data.channel")).toBe("sms");
    passTime(server, "sentAt");
    const turn = await askForRefund(server, { client, sessionId }, "r2");
    expect(textAt(turn.at(-2) as Frame, "data.data.channel")).toBe("sms");
    expect((await verify(client, sessionId, mail.code())).type).toBe("otp_verified");
    expect((await again(client, sessionId)).text, "nothing more is asked").toBe(failed("a"));
  });

  it("is sent a few times an hour to one contact, over all sessions", async () => {
    const limits = { otpSendsPerHour: 2 };
    const { server, mail, client, sessionId } = await sentCode({ limits });
    passTime(server, "sentAt");
    expect((await again(client, sessionId)).type).toBe("otp_sent");
    passTime(server, "sentAt");
    const over = await again(client, sessionId);
    expect(textAt(over, "error.code")).toBe("RATE_LIMITED");
    expect(Number(at(over, "error.retryAfterMs"))).toBeGreaterThan(3_000_000);
    // The code before is still good, and another channel of the same user is limited, too.
    expect(textAt(await again(client, sessionId, "sms"), "error.code")).toBe("RATE_LIMITED");
    const other = await openSession(server, JANES);
    const turn = await askForRefund(server, other);
    expect(timeless(turn.at(-2) as Frame)).toBe(failed("r", LATER));
    expect(mail.mails).toHaveLength(2);
    expect((await verify(client, sessionId, mail.code())).type).toBe("otp_verified");
  });

  it("can be asked for where the first could not be sent", async () => {
    const mail = await mailServer();
    const accept = mail.answer;
    mail.answer = (response) => response.writeHead(503).end();
    const { server } = await codeShop({ mail });
    const { client, sessionId } = await openSession(server, JANES);
    await askForRefund(server, { client, sessionId });
    passTime(server, "sentAt");
    expect(timeless(await again(client, sessionId))).toBe(failed("a", LATER));
    mail.answer = accept;
    passTime(server, "sentAt");
    expect((await again(client, sessionId)).type).toBe("otp_sent");
    expect((await verify(client, sessionId, mail.code())).type).toBe("otp_verified");
  });
});

it("what a code proved ends when the host vouches for somebody", async () => {
  const { server, mail, runs, client, sessionId } = await sentCode();
  await verify(client, sessionId, mail.code());
  const authContext = signAuthContext({ userId: "ada", secret: SECRET });
  const claim = { action: "set_auth_context", requestId: "c", sessionId, authContext };
  expect((await client.ask(claim)).type).toBe("immediate_response");
  await askForRefund(server, { client, sessionId }, "r2");
  expect(runs.map(({ visitor }) => visitor?.userId)).toEqual(["ada"]);
  expect(rowsIn(server.file, `SELECT * FROM "Session"`)).toMatchObject([
    { authenticatedAs: null, userId: "ada" },
  ]);
});

it("a service that is none is complained about", async () => {
  const settings = { otp: { contacts: () => [] } as never };
  await expect(runningServer(settings)).rejects.toThrow(
    "otp must have two functions, contacts and send",
  );
});
