import { describe, expect, it } from "vitest";
import { signAuthContext } from "./auth/auth-context.js";
import { at, textAt } from "./core-client.fixture.js";
import {
  approval,
  ARGUMENTS,
  asked,
  expectNothing,
  forgeryWorld,
  REFUND,
  refusalOf,
  stand,
  type ForgeryWorld,
  type Stand,
} from "./forgery.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { openSession, SECRET } from "./running-server.fixture.js";
import { rowsIn } from "./store/database-file.fixture.js";

// What a visitor allowed for good, what takes the host's fresh word, and what only the team may approve:
// nobody gets any of it by a frame of their own making.

const word = (userId: string, secret = SECRET, now = new Date()) =>
  signAuthContext({ userId, secret, now });
const known = (userId: string) => ({ authContext: word(userId) });

describe("what was allowed in a conversation", () => {
  it("covers no other conversation of the same visitor", async () => {
    const world = await forgeryWorld();
    await allowed(world);
    const other = await stand(world, known("u1"));
    await expectNothing(world, other, () => other.client.quiet(other.sessionId));
  });

  it.each<[string, Record<string, unknown>]>([
    ["another order", { orderId: "1235" }],
    ["an order of a look-alike digit", { orderId: "123\u0664" }],
    ["an order with a space", { orderId: "1234 " }],
    ["more than was approved", { amount: 50.01 }],
  ])("does not cover %s", async (_, other) => {
    const world = await forgeryWorld();
    const first = await allowed(world);
    const args = { ...ARGUMENTS, ...other };
    world.server.model.script(calls({ name: "issue_refund", arguments: args }));
    const next = { ...first, ...(await asked(first, "r2")) };
    await expectNothing(world, next, () => first.client.quiet(first.sessionId));
  });

  it("covers neither a high risk nor what the team approves", async () => {
    const world = await forgeryWorld();
    const first = await allowed(world);
    for (const [index, name] of ["close_account", "pay_out"].entries()) {
      const { client, sessionId } = first;
      world.server.model.script(calls({ name, arguments: {} }), says("As you wish."));
      const next = { ...first, ...(await asked(first, `r ${index}`)) };
      await expectNothing(
        world,
        next,
        async () => {
          const remember = approval(next, { remember: true });
          expect(await refusalOf(client, remember)).toMatch(
            /^(VALIDATION_ERROR|NO_PENDING_CONFIRMATION)$/,
          );
        },
        { approve: null },
      );
      await client.ask(approval(next, { approved: false }));
      await client.rest();
      await client.quiet(sessionId);
    }
    expect(grantsOf(world)).toHaveLength(1);
  });

  it("is taken back by nobody else, and by no approval", async () => {
    const world = await forgeryWorld();
    const first = await allowed(world);
    const [grant] = grantsOf(world);
    const stranger = await openSession(world.server, known("u2"));
    const revoke = { action: "revoke_grant", requestId: "x", grantId: grant?.id };
    const theirs = { ...revoke, sessionId: first.sessionId };
    expect(await refusalOf(stranger.client, theirs)).toBe("SESSION_NOT_FOUND");
    // In a conversation of one's own it looks like one that never was.
    const own = await stranger.client.ask({ ...revoke, sessionId: stranger.sessionId });
    const never = { ...revoke, sessionId: stranger.sessionId, grantId: "never" };
    expect((await stranger.client.ask(never)).text.replace("never", String(grant?.id))).toBe(
      own.text,
    );
    expect(grantsOf(world)).toEqual([grant]);
    const { client, sessionId } = first;
    world.server.model.script(calls(REFUND), says("Done."));
    client.send({ action: "send_message", requestId: "r2", sessionId, message: "Again!" });
    const types = (await client.rest()).map(({ type }) => type);
    expect(types).not.toContain("write_confirmation_required");
    expect(world.ran).toEqual([ARGUMENTS, ARGUMENTS]);
  });
});

describe("what takes the host's fresh word", () => {
  it("is approved by no other word", async () => {
    const world = await forgeryWorld();
    const early = word("u1", SECRET, new Date(Date.now() - 30_000));
    const victim = await stand(world, { authContext: early }, [{ name: "close_account" }]);
    const good = word("u1");
    const words: Record<string, unknown> = {
      "of before the question": early,
      "of somebody else": word("u2"),
      "signed by another": word("u1", "a secret of somebody else"),
      "of the future": word("u1", SECRET, new Date(Date.now() + 120_000)),
      "made newer than it was signed": { ...early, timestamp: good.timestamp },
      "with another's name": { ...good, userId: "u2" },
      "cut short": { ...good, signature: good.signature.slice(0, -2) },
      "of no one": null,
      text: JSON.stringify(good),
      "in a list": [good],
      "that nobody signed": { token: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSJ9." },
    };
    const refused = ["AUTH_CONTEXT_INVALID"];
    await expectNothing(
      world,
      victim,
      async () => {
        expect(refused).toContain(await refusalOf(victim.client, approval(victim)));
        for (const [what, authContext] of Object.entries(words)) {
          const code = await refusalOf(victim.client, approval(victim, { authContext }));
          expect({ what, code }).toEqual({ what, code: "AUTH_CONTEXT_INVALID" });
        }
      },
      { opensSessions: true, approve: { authContext: good } },
    );
  });
});

describe("what only the team may approve", () => {
  it("is not the visitor's to approve, whatever the frame says", async () => {
    const world = await forgeryWorld();
    const victim = await stand(world, known("u1"), [{ name: "pay_out" }]);
    await expectNothing(
      world,
      victim,
      async () => {
        const claims = [{}, { by: "team" }, { approver: "visitor" }, { role: "admin" }];
        for (const claim of [...claims, known("u1"), { remember: true }]) {
          const code = await refusalOf(victim.client, approval(victim, claim));
          expect(code).toBe("NO_PENDING_CONFIRMATION");
        }
      },
      { approve: null },
    );
  });
});

it("a correction of what may be corrected is what runs, once", async () => {
  const world = await forgeryWorld();
  const victim = await stand(world);
  const corrected = { ...ARGUMENTS, amount: 20 };
  const frame = approval(victim, { arguments: corrected });
  world.server.model.script(says("Done."));
  victim.client.send(frame);
  victim.client.send(frame);
  victim.client.send(approval(victim));
  const frames = await victim.client.until("eventual_response");
  const refusals = frames.filter(({ type }) => type === "error");
  expect(refusals.map((refusal) => textAt(refusal, "error.code"))).toEqual([
    ...["NO_PENDING_CONFIRMATION", "NO_PENDING_CONFIRMATION"],
  ]);
  expect(world.ran).toEqual([corrected]);
});

/** A conversation whose visitor has approved the refund, and does not want to be asked again. */
async function allowed(world: ForgeryWorld): Promise<Stand> {
  const first = await stand(world, known("u1"));
  world.server.model.script(says("Done."));
  const ack = await first.client.ask(approval(first, { remember: true }));
  expect(at(ack, "data.grants")).toHaveLength(1);
  await first.client.rest();
  expect(world.ran).toEqual([ARGUMENTS]);
  return first;
}

function grantsOf({ server }: ForgeryWorld) {
  return rowsIn(server.file, 'SELECT * FROM "Grant" WHERE endedAt IS NULL') as { id: string }[];
}
