import {
  cancelled,
  interactionRequired,
  interactionResolved,
  pong,
  streamToken,
  turnSnapshot,
  type ServerEvent,
} from "@smooth-agent/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Outbox, type Wire } from "./outbox.js";

/** A wire whose reader takes a frame when a test says so. */
function slowWire() {
  const sent: ServerEvent[] = [];
  const waiting: { bytes: number; taken: () => void }[] = [];
  const wire: Wire = {
    send(frame, taken) {
      sent.push(JSON.parse(frame) as ServerEvent);
      waiting.push({ bytes: frame.length, taken });
    },
    close: () => undefined,
    bufferedBytes: () => waiting.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  const take = () => waiting.shift()?.taken();
  const takeAll = () => {
    while (waiting.length > 0) take();
  };
  return { wire, sent, take, takeAll };
}

function textOf(events: readonly ServerEvent[]): string {
  return events.map((event) => (event.type === "stream_token" ? event.token : "|")).join("");
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constant("other") },
  { weight: 2, arbitrary: fc.constant("take") },
);

describe("an outbox", () => {
  test("brings everything in its order, tokens merged or not, however slow the reader is", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(300), (steps, wireBytes) => {
        const { wire, sent, take, takeAll } = slowWire();
        let drains = 0;
        const outbox = new Outbox(wire, { wireBytes }, () => (drains += 1));
        const put: ServerEvent[] = [];
        for (const [number, what] of steps.entries()) {
          if (what === "take") {
            take();
            continue;
          }
          const event = what === "other" ? pong("p", number) : streamToken("r", what, number);
          put.push(event);
          outbox.put(event);
        }
        const wasLate = outbox.lateSince !== undefined;
        takeAll();
        expect(textOf(sent)).toBe(textOf(put));
        expect([outbox.bytes, outbox.lateSince]).toEqual([0, undefined]);
        if (wasLate) expect(drains).toBeGreaterThan(0);
      }),
    );
  });

  test("says that an event was sent when it leaves, and never when it is dropped", () => {
    const { wire, takeAll } = slowWire();
    const outbox = new Outbox(wire, { wireBytes: 0 }, () => undefined);
    const left: string[] = [];
    const put = (name: string, event: ServerEvent) => outbox.put(event, () => left.push(name));
    put("at once", pong("p", 1));
    put("kept", turnSnapshot({ requestId: "r2", status: "running", items: [] }, 1));
    put("dropped", turnSnapshot({ requestId: "r", status: "running", items: [] }, 1));
    expect(left).toEqual(["at once"]);
    outbox.drop("r");
    takeAll();
    expect(left).toEqual(["at once", "kept"]);
  });

  test("drops of a turn what a snapshot tells, and nothing else", () => {
    const { wire, sent, takeAll } = slowWire();
    const outbox = new Outbox(wire, { wireBytes: 0 }, () => undefined);
    outbox.put(pong("first", 1));
    for (const event of [
      streamToken("r", "gone", 1),
      interactionRequired("r", { interactionId: "i", kind: "choices", spec: {}, reason: "" }, 1),
      interactionResolved({ requestId: "r", interactionId: "i", status: "declined" }, 1),
      streamToken("r2", "kept", 1),
      cancelled("r", 1),
      pong("r", 1),
    ]) {
      outbox.put(event);
    }
    expect(outbox.bytesOf("r")).toBeGreaterThan(0);
    outbox.drop("r");
    expect(outbox.bytesOf("r")).toBe(0);
    takeAll();
    expect(sent.map(({ type }) => type)).toEqual(["pong", "stream_token", "cancelled", "pong"]);
    expect(textOf(sent)).toBe("|kept||");
  });
});
