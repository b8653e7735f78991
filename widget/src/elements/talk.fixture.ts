import type { AgentEntry, ConversationState, VisitorEntry } from "../state/conversation-state.js";
import { arrived, type BrowserFixture, play, type TestPage } from "./browser.fixture.js";

export const asked = (
  id: string,
  text: string,
  change: Partial<VisitorEntry> = {},
): VisitorEntry => ({
  ...{ kind: "visitor", id, text, at: Date.now(), delivery: "sent", messageId: `q${id}` },
  ...change,
});

export const answered = (
  id: string,
  text: string,
  change: Partial<AgentEntry> = {},
): AgentEntry => ({
  ...{ kind: "agent", id, parts: [{ type: "text", text }], at: Date.now(), status: "completed" },
  messageId: `a${id}`,
  ...change,
});

/** An opened panel whose conversation can do all that one may; `globalThis.fails` makes its calls fail. */
export async function openTalk(
  browser: BrowserFixture,
  state: Partial<ConversationState> = {},
  { attributes = "", ...size }: { attributes?: string; width?: number; height?: number } = {},
): Promise<TestPage> {
  const page = await browser.open(
    `<smooth-agent agent-id="a" ${attributes}></smooth-agent><script src="/smooth-agent.js"></script>`,
    size,
  );
  await play(page, state);
  await page.evaluate(() => {
    const { played } = globalThis;
    played.send = (text) => {
      played.calls.push(["send", text]);
      const sent = { kind: "visitor", id: `sent-${played.calls.length}`, text } as const;
      const { transcript } = played.state;
      played.become({
        transcript: [...transcript, { ...sent, at: Date.now(), delivery: "sending" }],
      });
    };
    played.unsend = (id) => {
      played.calls.push(["unsend", id]);
      const { transcript } = played.state;
      const taken = transcript.find((entry) => entry.kind === "visitor" && entry.id === id);
      played.become({ transcript: transcript.filter((entry) => entry !== taken) });
      return taken?.kind === "visitor" ? taken.text : undefined;
    };
    played.rate = (id, rating, comment) => {
      played.calls.push(["rate", id, rating, ...(comment === undefined ? [] : [comment])]);
      const state = globalThis.fails ? "failed" : "kept";
      const said = comment === undefined ? {} : { comment };
      played.become({
        transcript: played.state.transcript.map((entry) => {
          if (entry.kind !== "agent" || entry.id !== id) return entry;
          const { feedback, ...rest } = entry;
          return rating ? { ...rest, feedback: { rating, ...said, state } } : rest;
        }),
      });
    };
  });
  await page.locator(".launcher").click();
  await page.getByRole("dialog").waitFor();
  await arrived(page);
  return page;
}

declare global {
  // Only `var` declares a property of globalThis.
  var fails: boolean | undefined;
}
