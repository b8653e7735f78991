import { SignJWT } from "jose";
import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { AUTH_TOKEN_TYPE, signAuthToken } from "./auth/auth-token.js";
import { mailServer } from "./auth/otp/mail-server.fixture.js";
import { at, outlines } from "./core-client.fixture.js";
import { resumed, SECRET } from "./running-server.fixture.js";
import { JANES } from "./one-time-code.fixture.js";
import { writeIn } from "./store/database-file.fixture.js";
import {
  asked,
  confirm,
  kept,
  refusalOf,
  scriptRefund,
  send,
  SHOWN,
  till,
} from "./till.fixture.js";

// On a busy machine a server takes seconds to start, and nothing here is about time.
vi.setConfig({ testTimeout: 60_000 });

const HIGH = { risk: "high", stepUp: true } as const;
const later = (ms: number) => new Date(Date.now() + ms);

/** A token of the shop's with claims of the test's choice. */
const token = async (claims: Record<string, unknown>) => {
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const signed = new SignJWT({ sub: "ada", aud: "shop", exp, jti: randomUUID(), ...claims });
  const header = { alg: "HS256", typ: AUTH_TOKEN_TYPE };
  return { token: await signed.setProtectedHeader(header).sign(Buffer.from(SECRET)) };
};

async function parkedTill() {
  const authContext = signAuthContext({ userId: "ada", secret: SECRET, now: later(-30_000) });
  const given = await till(HIGH, {}, { supports: ["live"], authContext });
  scriptRefund(given.server);
  const { question } = await asked(given.session);
  const askedAt = Number(at(question, "data.data.askedAt"));
  expect(at(question, "data.data")).toMatchObject({ stepUp: true, risk: "high" });
  return { ...given, askedAt, old: authContext };
}

const REFUSAL = "AUTH_CONTEXT_INVALID: The visitor's sign-in could not be verified.";

afterEach(() => void vi.useRealTimers());

describe("a step-up", () => {
  const fresh = (userId = "ada") => signAuthContext({ userId, secret: SECRET });

  it.each<[string, (given: Awaited<ReturnType<typeof parkedTill>>) => unknown]>([
    ["is not there", () => undefined],
    ["is nothing", () => null],
    ["is the one that opened the session", ({ old }) => old],
    [
      "was minted a second before the question",
      ({ askedAt }) =>
        signAuthContext({ userId: "ada", secret: SECRET, now: new Date(askedAt - 1_000) }),
    ],
    ["is another visitor's", () => fresh("bob")],
    ["is signed by somebody else", () => signAuthContext({ userId: "ada", secret: "other" })],
    ["is altered", () => ({ ...fresh(), timestamp: Math.floor(Date.now() / 1_000) + 1 })],
    ["is a token that says not when", () => token({})],
    ["is a token from before", ({ askedAt }) => token({ iat: Math.floor(askedAt / 1_000) - 1 })],
    ["is a token of another agent", () => token({ aud: "other", iat: Date.now() / 1_000 })],
    ["is a token of another visitor", () => token({ sub: "bob", iat: Date.now() / 1_000 })],
    ["is text", () => "yes"],
  ])("that %s changes nothing, and looks as any other", async (_, made) => {
    const given = await parkedTill();
    const { server, refunds, session } = given;
    const { client, sessionId } = session;
    const before = kept(server);
    const authContext = await made(given);
    const answer = await client.ask(confirm(sessionId, "v", { authContext }));
    expect(refusalOf(answer)).toBe(REFUSAL);
    expect(kept(server)).toEqual(before);
    expect(refunds).toEqual([]);
    await client.quiet(sessionId);
    const good = await client.ask(confirm(sessionId, "v2", { authContext: fresh() }));
    expect(outlines([good])).toEqual(["v2: Tool action approved"]);
    await client.rest();
    expect(refunds).toEqual([SHOWN]);
  });

  it.each<[string, () => unknown]>([
    ["a signature", () => fresh()],
    ["a token", () => signAuthToken({ userId: "ada", agentId: "shop", secret: SECRET })],
  ])("with %s that is fresh lets it run", async (_, made) => {
    const { refunds, session } = await parkedTill();
    session.client.send(confirm(session.sessionId, "v", { authContext: await made() }));
    await session.client.rest();
    expect(refunds).toEqual([SHOWN]);
  });

  it("counts as a use: a signature that was used up is none", async () => {
    const { server, refunds, session } = await parkedTill();
    const { client, sessionId } = session;
    const authContext = fresh();
    for (let n = 0; n < 5; n += 1) {
      const again = { action: "set_auth_context", requestId: "a", sessionId, authContext };
      expect((await client.ask(again)).type).toBe("immediate_response");
    }
    const used = await client.ask(confirm(sessionId, "v", { authContext }));
    expect(refusalOf(used)).toBe(REFUSAL);
    expect(refunds).toEqual([]);
    expect(server.model.requests).toHaveLength(1);
  });

  it("is not needed to decline", async () => {
    const { refunds, session } = await parkedTill();
    const { client, sessionId } = session;
    client.send(confirm(sessionId, "v", { approved: false }));
    const frames = await client.rest();
    expect(outlines(frames)[0]).toBe("v: Tool action rejected");
    expect(refunds).toEqual([]);
  });

  it("is never asked of whom only a code proved: no host's word would follow", async () => {
    const mail = await mailServer();
    const { server, refunds, session } = await till(HIGH, { otp: mail.otp }, JANES);
    const { client, sessionId } = session;
    const far = "2999-01-01T00:00:00.000+00:00";
    for (const who of ["NULL", "'jane'"]) {
      writeIn(
        server.file,
        `UPDATE "Session" SET "authenticatedAs" = ${who}, "authenticatedUntil" = '${far}'`,
      );
      scriptRefund(server);
      client.send(send(sessionId, `r${who}`));
      expect(outlines(await client.rest()).slice(1)).toEqual([
        ...["call issue_refund", "failure issue_refund", '"Done."', `r${who} eventual_response`],
      ]);
      expect(JSON.stringify(server.model.requests.at(-1))).toContain("to sign in on the site");
    }
    expect([mail.queries, refunds]).toEqual([[], []]);
  });

  it("does not end the turn of an older client that names it", async () => {
    const { server, session } = await parkedTill();
    const { client } = await resumed(server, session);
    const answer = await client.ask(confirm(session.sessionId, "r"));
    expect(answer.event["requestId"]).toBeUndefined();
    expect(refusalOf(answer)).toBe(REFUSAL);
  });
});
