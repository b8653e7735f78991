import { streamToken, type ActiveTurn } from "@smooth-agent/protocol";
import { describe, expect, test } from "vitest";
import type { Backplane, Envelope } from "./backplane.js";

/** What every backplane must do, whatever carries its envelopes. */
export function backplaneContract(name: string, make: () => Backplane): void {
  describe(`${name} keeps the backplane contract`, () => {
    test("followers of a conversation get its envelopes in order, others none", async () => {
      const backplane = make();
      const first = await follower(backplane, "c1");
      const second = await follower(backplane, "c1");
      const other = await follower(backplane, "c2");
      const sent = [envelope("a"), { ...envelope("b"), cause: "x" }, envelope("c")];
      for (const each of sent) backplane.publish("c1", each);
      await expect.poll(() => first.got).toEqual(sent);
      await expect.poll(() => second.got).toEqual(sent);
      expect(other.got).toEqual([]);
    });

    test("who stops gets nothing more, and the others go on", async () => {
      const backplane = make();
      const first = await follower(backplane, "c1");
      const second = await follower(backplane, "c1");
      first.stop();
      first.stop();
      backplane.publish("c1", envelope("a"));
      await expect.poll(() => second.got).toHaveLength(1);
      expect(first.got).toEqual([]);
      second.stop();
      const third = await follower(backplane, "c1");
      first.stop();
      second.stop();
      backplane.publish("c1", envelope("b"));
      await expect.poll(() => third.got).toHaveLength(1);
    });

    test("one listener that follows twice is two followers", async () => {
      const backplane = make();
      const got: Envelope[] = [];
      const listener = (each: Envelope) => got.push(each);
      const once = await backplane.follow("c1", listener);
      await backplane.follow("c1", listener);
      backplane.publish("c1", envelope("a"));
      await expect.poll(() => got).toHaveLength(2);
      once.stop();
      backplane.publish("c1", envelope("b"));
      await expect.poll(() => got).toHaveLength(3);
    });

    test("a listener may stop itself, or another, or begin one, while it is called", async () => {
      const backplane = make();
      const late: Envelope[] = [];
      const self = await follower(backplane, "c1", () => {
        self.stop();
        void backplane.follow("c1", (each) => late.push(each));
      });
      const other = await follower(backplane, "c1");
      backplane.publish("c1", envelope("a"));
      backplane.publish("c1", envelope("b"));
      await expect.poll(() => other.got).toHaveLength(2);
      expect(self.got).toHaveLength(1);
      await expect.poll(() => late).toEqual([envelope("b")]);
    });

    test("the snapshot is of the instant at which following begins", async () => {
      const backplane = make();
      let items = 0;
      const snapshot = (): ActiveTurn => ({
        requestId: "r",
        status: "running",
        items: Array.from({ length: items }, () => ({ type: "text", text: "x" })),
      });
      expect((await follower(backplane, "c1")).snapshot).toBeNull();
      const withdraw = backplane.offer("c1", snapshot);
      items = 2;
      const { snapshot: seen } = await follower(backplane, "c1");
      items = 3;
      expect(seen?.items).toHaveLength(2);
      expect((await follower(backplane, "c2")).snapshot).toBeNull();
      withdraw();
      expect((await follower(backplane, "c1")).snapshot).toBeNull();
    });

    test("withdrawing an offer leaves the one that replaced it", async () => {
      const backplane = make();
      const turn = (requestId: string) => (): ActiveTurn => ({
        requestId,
        status: "running",
        items: [],
      });
      const withdraw = backplane.offer("c1", turn("r1"));
      backplane.offer("c1", turn("r2"));
      withdraw();
      expect((await follower(backplane, "c1")).snapshot?.requestId).toBe("r2");
    });
  });
}

async function follower(backplane: Backplane, conversationId: string, then = () => {}) {
  const got: Envelope[] = [];
  const following = await backplane.follow(conversationId, (each) => {
    got.push(each);
    then();
  });
  return { got, snapshot: following.snapshot, stop: () => following.stop() };
}

function envelope(token: string): Envelope {
  return { event: streamToken("r", token, 1) };
}
