import type { ErrorCode } from "@smooth-agent/protocol";
import { agent, reasoning, talk, tool, visitor } from "../conversation-parts.js";
import type { GalleryFamily, GalleryState } from "../gallery-state.js";

const QUESTION = "Where is my order?";

const THOUGHT =
  "The customer has two orders. The one on its way is 4211, so it is the one that is meant. I look up where it is.";

const HALF = "Order **#4211** left the workshop yesterday. It is with the carrier, who";

const WHOLE = `${HALF} says that it comes on **Friday**.`;

/** Long ones, strange ones, and one more than are shown. */
const MANY_SOURCES = [
  { title: "Returns and refunds", url: "https://kiln-and-kettle.example/returns" },
  {
    title: "Shipping large stoneware within the country and to the islands: times and prices",
    url: "https://help.shipping.kiln-and-kettle.example/large",
  },
  { title: "House rules of the workshop" },
  { title: "kiln-and-kettle.example", url: "https://kiln-and-kettle.example/" },
  { title: "", url: "https://kiln-and-kettle.example/untitled" },
  { title: "Invoice \u202Efdp.exe", url: "https://b\u00FCcher.example/invoice" },
  { title: "Not a page of the web", url: "javascript:alert(1)" },
  {
    title: "\u0627\u0644\u0625\u0631\u062C\u0627\u0639",
    url: "https://kiln-and-kettle.example/ar",
  },
  { title: "One too many" },
].map((source, index) => ({ id: `source-${index}`, ...source }));

/** An answer on its way, and every way in which it ends. */
export const agentAnswers: GalleryFamily = {
  name: "agent",
  title: "Agent’s answers",
  states: [
    {
      name: "thinking",
      title: "Nothing yet",
      conversation: answer([], { status: "running" }),
    },
    {
      name: "preamble",
      title: "Preamble",
      conversation: answer([], { status: "running", preamble: "Let me look at your orders…" }),
    },
    {
      name: "reasoning",
      title: "Thinking, shown by a mark",
      conversation: answer([reasoning(THOUGHT)], { status: "running" }),
    },
    {
      name: "reasoning-open",
      title: "Reasoning, opened",
      conversation: answer([reasoning(THOUGHT), WHOLE]),
      acts: [{ press: ".reasoning summary" }],
    },
    {
      name: "working",
      title: "A tool at work",
      conversation: answer([tool("executing")], { status: "running" }),
    },
    { name: "streaming", title: "Speaking", conversation: answer([HALF], { status: "running" }) },
    {
      name: "streaming-code",
      title: "In the middle of code",
      conversation: answer(["Like this:\n\n```js\nconst bowl = await kiln.open({\n  cone: 6,"], {
        status: "running",
      }),
    },
    {
      name: "streaming-table",
      title: "In the middle of a table",
      conversation: answer(
        ["Your orders:\n\n| Order | Where |\n| --- | --- |\n| #4211 | With the"],
        {
          status: "running",
        },
      ),
    },
    { name: "completed", title: "Whole", conversation: answer([WHOLE]) },
    {
      name: "suggestions",
      title: "With suggestions",
      conversation: answer([WHOLE], {
        suggestions: ["Change the address", "Tell me when it is there", "Something else"],
      }),
    },
    {
      name: "citations",
      title: "With sources",
      conversation: answer(["Unused pieces go back within **30 days**."], {
        citations: [
          {
            id: "returns",
            title: "Returns",
            url: "https://kiln-and-kettle.example/returns",
            snippet: "Unused pieces may go back within 30 days.",
          },
          { id: "broken", title: "Broken on the way" },
        ],
      }),
    },
    {
      name: "citations-many",
      title: "With more sources than there is room for",
      conversation: answer(["It depends on where it goes."], { citations: MANY_SOURCES }),
    },
    {
      name: "truncated",
      title: "Cut at its length limit",
      conversation: answer([HALF], { truncated: true }),
    },
    { name: "stopped", title: "Stopped", conversation: answer([HALF], { status: "cancelled" }) },
    {
      name: "stopped-at-once",
      title: "Stopped at once",
      conversation: answer([], { status: "cancelled" }),
    },
    failed("failed", "Failed half way", "AGENT_ERROR", [HALF]),
    failed("failed-at-once", "Failed at once", "LLM_UNAVAILABLE", []),
    failed("failed-for-good", "Failed for good", "BUDGET_EXCEEDED", []),
    {
      name: "several",
      title: "Several turns",
      conversation: talk(
        visitor(QUESTION),
        agent([tool("succeeded"), WHOLE]),
        visitor("Thanks! And the one before?"),
        agent([reasoning(THOUGHT), tool("succeeded"), "That one came on **2 November**."]),
      ),
    },
  ],
};

function answer(...[parts, change]: Parameters<typeof agent>): GalleryState["conversation"] {
  return talk(visitor(QUESTION), agent(parts, change));
}

function failed(name: string, title: string, code: ErrorCode, parts: string[]): GalleryState {
  const error = { code, message: "It failed.", retryable: code !== "BUDGET_EXCEEDED" };
  return { name, title, conversation: answer(parts, { status: "failed", error }) };
}
