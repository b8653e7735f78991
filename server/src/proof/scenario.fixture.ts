import type { Rows } from "./history.fixture.js";
import type { Said, Visitor } from "./visitor.fixture.js";

/** What a scenario plays with. */
export interface Stage {
  /** The first tab; it has come, unless the scenario begins before. */
  tab: Visitor;
  /** Another tab of the same session. */
  other: Visitor;
  /** Waits until a call took effect, or its turn has ended without. */
  ran(toolCallId: string, requestId: string): Promise<void>;
  /** Waits until the rows of the conversation are so. */
  stored(condition: (rows: Rows) => boolean): Promise<void>;
}

export interface Scenario {
  /** Whether opening the session is part of what may be cut off. */
  beginsOutside?: boolean;
  hasTwoTabs?: boolean;
  /** How many messages it sends; one when absent. */
  turns?: number;
  /** How its turn may end when at most two processes died under it. */
  ends: readonly string[];
  play(stage: Stage): Promise<void>;
}

const decides = (plan: string, ...verdicts: Said[]) => {
  return async ({ tab }: Stage) => {
    const requestId = tab.say(plan);
    const asked: string[] = [];
    for (const said of verdicts) {
      const toolCallId = await tab.question(requestId, ...asked);
      if (toolCallId === undefined) break;
      asked.push(toolCallId);
      tab.answer(toolCallId, said);
    }
    await tab.ended(requestId);
  };
};

/** What visitors do; each is played with the program dying at every point that it reaches. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a plain answer": { ends: ["completed"], beginsOutside: true, play: beginning("plain") },
  "an answer with a reading tool": { ends: ["completed"], play: decides("read") },
  "an approved write": { ends: ["completed"], play: decides("refund", true) },
  "a denied write": { ends: ["completed"], play: decides("refund", false) },
  "two writes of one step, approved and denied": {
    ends: ["completed"],
    play: decides("pair", true, false),
  },
  "a write that is corrected": { ends: ["completed"], play: decides("amend", { amount: 20 }) },
  "two tabs that correct differently": {
    ends: ["completed"],
    hasTwoTabs: true,
    async play({ tab, other }) {
      const requestId = tab.say("amend");
      const [toolCallId, same] = await Promise.all([
        tab.question(requestId),
        other.question(requestId),
      ]);
      if (toolCallId !== undefined) tab.answer(toolCallId, { amount: 20 });
      if (same !== undefined) other.answer(same, { amount: 30 });
      await Promise.all([tab.ended(requestId), other.ended(requestId)]);
    },
  },
  "a write that is not asked about again": {
    ends: ["completed"],
    // The second one is asked about where the first answer was lost with its program.
    play: decides("standing", "remember", true),
  },
  "a grant that is revoked": {
    ends: ["completed"],
    turns: 2,
    async play(stage) {
      const { tab } = stage;
      await decides("standing", "remember", true)(stage);
      tab.revoke();
      await tab.quiet();
      await decides("standing", true, true)(stage);
    },
  },
  "a form that is filled in": { ends: ["completed"], play: decides("form", true) },
  "a form that is declined": { ends: ["completed"], play: decides("form", false) },
  "a tool of the page": { ends: ["completed"], play: decides("page") },
  "a slow idempotent tool": { ends: ["completed"], play: decides("index") },
  "a tool that is not idempotent": { ends: ["completed"], play: decides("note") },
  "an answer of several steps": { ends: ["completed"], play: decides("steps") },
  "a cancel while it streams": {
    ends: ["cancelled"],
    async play({ tab }) {
      const requestId = tab.say("hold");
      await tab.heard(requestId, 2);
      tab.cancel(requestId);
      await tab.ended(requestId);
    },
  },
  "a cancel while it is parked": {
    ends: ["cancelled"],
    async play({ tab }) {
      const requestId = tab.say("refund");
      await tab.question(requestId);
      tab.cancel(requestId);
      await tab.ended(requestId);
    },
  },
  "a cancel while its write runs": {
    // A write that its process did not outlive is told as unknown, and may have been before the cancel.
    ends: ["cancelled", "completed"],
    async play({ tab, ran }) {
      const requestId = tab.say("transfer");
      const toolCallId = await tab.question(requestId);
      if (toolCallId === undefined) return;
      tab.answer(toolCallId, true);
      await ran(toolCallId, requestId);
      tab.cancel(requestId);
      await tab.ended(requestId);
    },
  },
  "a message that is sent again": {
    ends: ["completed"],
    async play({ tab }) {
      const requestId = tab.say("read");
      await tab.accepted(requestId);
      await tab.drop();
      await tab.until(() => tab.isHere, "to be back");
      tab.repeat(requestId);
      await tab.ended(requestId);
      tab.repeat(requestId);
      await tab.quiet();
    },
  },
  "two tabs that disagree": {
    ends: ["completed"],
    hasTwoTabs: true,
    async play({ tab, other }) {
      const requestId = tab.say("refund");
      const [toolCallId, same] = await Promise.all([
        tab.question(requestId),
        other.question(requestId),
      ]);
      if (toolCallId !== undefined) tab.answer(toolCallId, true);
      if (same !== undefined) other.answer(same, false);
      await Promise.all([tab.ended(requestId), other.ended(requestId)]);
    },
  },
  "a question that expires before its visitor": {
    ends: ["completed"],
    play: decides("expiring"),
  },
  "a question that expires alone": {
    ends: ["completed"],
    async play({ tab, stored }) {
      const requestId = tab.say("expiring");
      await tab.question(requestId);
      await tab.leave();
      await stored(({ turns }) => turns.every(({ state }) => state === "completed"));
      await tab.come();
      await tab.ended(requestId);
    },
  },
};

function beginning(plan: string): Scenario["play"] {
  return async ({ tab }) => {
    await tab.come();
    const requestId = tab.say(plan);
    await tab.ended(requestId);
  };
}
