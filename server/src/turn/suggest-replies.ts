import { z } from "zod";
import type { WorkflowPlace } from "../agent/workflow-place.js";
import type { TurnWithSteps } from "../store/records.js";
import { argumentSchema } from "../tools/argument-schema.js";
import { ToolError } from "../tools/tool.js";
import type { OwnTool } from "./own-tool.js";
import { plainLine } from "./plain-line.js";
import { parseJson } from "./tool-call.js";

/** How many suggestions a visitor is shown, and the characters of one. */
const MOST = 4;
const LENGTH = 200;

const schema = z.strictObject({
  replies: z
    .array(z.string())
    .min(1)
    .max(20)
    .describe("Up to four, each a few words, in the visitor's language and from their side."),
});

/** The tool with which the model suggests what the visitor could say next. */
export const suggestReplies: OwnTool = {
  description:
    "Suggests up to four short messages that the visitor could send next; they are shown as buttons below your answer. Call it together with the text of your answer, and do not repeat them in that text.",
  schema: argumentSchema(schema),
  isEnabled: ({ agent }) => agent.suggestReplies === true,
  async run(args) {
    if (shownReplies(schema.parse(args).replies).length > 0) return "Noted.";
    throw new ToolError(
      `None of them can be shown: a reply is one line of 1 to ${LENGTH} characters.`,
    );
  },
};

/** What the visitor could say next: what the workflow's step says, else what the model suggested last. */
export function suggestedReplies(turn: TurnWithSteps, place: WorkflowPlace | null): string[] {
  const ofStep = shownReplies(place?.step?.suggestedReplies ?? []);
  if (ofStep.length > 0) return ofStep;
  const call = turn.steps
    .flatMap(({ toolCalls }) => toolCalls)
    .findLast(({ name, state }) => name === "suggest_replies" && state === "succeeded");
  const parsed = call && schema.safeParse(parseJson(call.arguments));
  return parsed?.success ? shownReplies(parsed.data.replies) : [];
}

function shownReplies(replies: readonly string[]): string[] {
  const lines = replies.map(plainLine).filter((line) => line !== "" && line.length <= LENGTH);
  return [...new Set(lines)].slice(0, MOST);
}
