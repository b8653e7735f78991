import {
  cancelled,
  streamReasoning,
  streamToken,
  streamToolCall,
  streamToolResult,
  writeConfirmationRequired,
  type ActiveTurn,
  type Confirmation,
  type ToolCallState,
} from "@smooth-agent/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepRecord, ToolCallRecord } from "../store/records.js";
import { afterEvent, snapshotOf, STEP_SEPARATOR } from "./snapshot.js";
import { shownArguments, toolResultChunk } from "./tool-call.js";
import { callWith, stepWith, turnWith } from "./turn.fixture.js";
import type { TurnEvent } from "./turn-event.js";

describe("the snapshot of a turn", () => {
  test("has everything that was shown, in its order", () => {
    const decidedAt = new Date(5);
    const steps = [
      stepWith({
        text: "One moment.",
        reasoning: "hm",
        toolCalls: [
          callWith({ id: "a", state: "succeeded", result: "x".repeat(3_000), isError: false }),
          callWith({
            id: "b",
            state: "denied",
            approved: false,
            decidedBy: "visitor",
            decidedAt,
            reason: "No.",
          }),
          callWith({ id: "c" }),
        ],
      }),
      stepWith({ index: 1, text: "There." }),
    ];
    const item = { type: "tool", name: "look", arguments: { id: "1" } };
    const decision = { approved: false, by: "visitor", at: 5, reason: "No." };
    expect(snapshotOf(turnWith(steps))).toEqual({
      requestId: "r",
      status: "running",
      items: [
        { type: "reasoning", text: "hm" },
        { type: "text", text: "One moment." },
        { ...item, toolCallId: "a", status: "succeeded", result: "x".repeat(2_000) },
        { ...item, toolCallId: "b", status: "denied", decision },
        { type: "text", text: `${STEP_SEPARATOR}There.` },
      ],
    });
  });

  test("of a parked turn has the stored question, not one made anew", () => {
    const waiting = callWith({ id: "a", ...asked(question("a")), state: "awaiting" });
    const snapshot = snapshotOf(
      turnWith([stepWith({ toolCalls: [waiting] })], { state: "parked" }),
    );
    expect(snapshot).toMatchObject({
      status: "parked",
      pending: question("a"),
      items: [{ toolCallId: "a", status: "awaiting" }],
    });
    expect(snapshot.items[0]).not.toHaveProperty("confirmation", expect.anything());
  });

  test("of a turn that goes on keeps the decided question and who decided it, beside the tool's title", () => {
    const decidedAt = new Date(5);
    const decided = { approved: true, decidedBy: "visitor", decidedAt };
    const call = callWith({
      id: "a",
      title: "Look up",
      ...asked(question("a")),
      ...decided,
      state: "executing",
    });
    const [item] = snapshotOf(turnWith([stepWith({ toolCalls: [call] })])).items;
    expect(item).toMatchObject({
      title: "Look up",
      confirmation: question("a"),
      decision: { approved: true, by: "visitor", at: 5 },
    });
  });

  test("of a turn that has just begun is empty", () => {
    expect(snapshotOf(turnWith())).toEqual({ requestId: "r", status: "running", items: [] });
  });
});

describe("a snapshot after an event", () => {
  test("leaves the one before as it was", () => {
    const before = snapshotOf(turnWith([stepWith({ text: "a", toolCalls: [] })]));
    const frozen = structuredClone(before);
    for (const event of [
      streamToken("r", "x", 1),
      streamToolCall("r", { toolCallId: "a", name: "look", arguments: {} }, 1),
      writeConfirmationRequired("r", question("a"), 1),
    ]) {
      afterEvent(before, event);
      expect(before).toEqual(frozen);
    }
  });

  test("that ends the turn is as before", () => {
    const before = snapshotOf(turnWith([stepWith({ text: "a" })]));
    expect(afterEvent(before, cancelled("r", 1))).toEqual(before);
  });

  test("an unknown result changes nothing", () => {
    const before = snapshotOf(turnWith([stepWith({ text: "a" })]));
    const chunk = { toolCallId: "?", name: "look", isError: false, result: "r" };
    expect(afterEvent(before, streamToolResult("r", chunk, 1))).toEqual(before);
  });

  const tokens = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }), {
    maxLength: 4,
  });
  const outcome = fc.constantFrom<ToolCallState>(
    "succeeded",
    "failed",
    "denied",
    "expired",
    "unknown",
  );
  const step = fc.record({
    reasoning: tokens,
    text: tokens,
    calls: fc.array(fc.record({ outcome, isGated: fc.boolean() }), { minLength: 1, maxLength: 3 }),
  });

  test("is the snapshot of what is persisted, wherever a turn stands", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
        const persisted: StepRecord[] = [];
        let live = snapshotOf(turnWith(persisted));
        const tell = (...events: TurnEvent[]) => {
          live = events.reduce(afterEvent, live);
        };
        const stored = (state: "running" | "parked") => snapshotOf(turnWith(persisted, { state }));
        for (const { reasoning, text, calls } of steps) {
          const spoke = persisted.some((each) => each.text !== "");
          tell(...reasoning.map((token) => streamReasoning("r", token, 1)));
          if (spoke && text.length > 0) tell(streamToken("r", STEP_SEPARATOR, 1));
          tell(...text.map((token) => streamToken("r", token, 1)));
          const index = persisted.length;
          const toolCalls = calls.map((_, n) => callWith({ id: `${index}.${n}` }));
          const said = { text: text.join(""), reasoning: reasoning.join("") };
          persisted.push(stepWith({ index, ...said, toolCalls }));
          expect(live).toEqual(stored("running"));
          calls.forEach(({ outcome, isGated }, n) => {
            const call = toolCalls[n] ?? callWith();
            const shown = { toolCallId: call.id, name: call.name, arguments: shownArguments(call) };
            if (isGated || outcome === "denied" || outcome === "expired") {
              Object.assign(call, asked(question(call.id)), { state: "awaiting" });
              tell(
                writeConfirmationRequired("r", question(call.id), 1),
                streamToolCall("r", shown, 1),
              );
              expect(live).toEqual(stored("parked"));
              Object.assign(call, decided(outcome));
              // The verdict resumes the turn from what is stored, as after a restart.
              live = stored("running");
            } else tell(streamToolCall("r", shown, 1));
            const isError = outcome !== "succeeded";
            Object.assign(call, { state: outcome, result: `of ${call.id}`, isError });
            const outcomeOf = { result: call.result ?? "", isError, state: outcome };
            tell(streamToolResult("r", toolResultChunk(call, outcomeOf), 1));
            expect(live).toEqual(stored("running"));
          });
        }
        expect(textOf(live)).toBe(
          persisted
            .map(({ text }) => text)
            .filter((text) => text !== "")
            .join(STEP_SEPARATOR),
        );
      }),
    );
  });
});

function question(toolCallId: string): Confirmation {
  return {
    toolId: "look",
    actionDescription: "s",
    toolCallId,
    toolName: "look",
    title: "May I?",
    summary: "s",
    fields: [],
    arguments: { id: "1" },
    risk: "low",
    expiresAt: 99,
  };
}

function asked(confirmation: Confirmation): Partial<ToolCallRecord> {
  return { confirmation: JSON.stringify(confirmation), expiresAt: new Date(99) };
}

function decided(outcome: ToolCallState): Partial<ToolCallRecord> {
  const approved = outcome !== "denied" && outcome !== "expired";
  const decidedBy = outcome === "expired" ? "system" : "visitor";
  return { state: approved ? "approved" : outcome, approved, decidedBy, decidedAt: new Date(50) };
}

function textOf({ items }: ActiveTurn): string {
  return items.map((item) => (item.type === "text" ? item.text : "")).join("");
}
