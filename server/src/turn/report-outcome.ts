import { z } from "zod";
import type { TurnWithSteps } from "../store/records.js";
import { argumentSchema } from "../tools/argument-schema.js";
import type { OwnTool } from "./own-tool.js";
import { plainLine } from "./plain-line.js";
import { parseJson } from "./tool-call.js";

/** How the visitor's matter stands, in the agent's words. */
export interface Outcome {
  resolutionStatus: (typeof RESOLUTIONS)[number];
  needsEscalation: boolean;
  /** One line of plain text; empty when the agent gave none. */
  summary: string;
}

const RESOLUTIONS = ["in_progress", "resolved", "unresolved", "escalated"] as const;

/** Characters of a summary. */
const SUMMARY_CHARACTERS = 500;

const schema = z.strictObject({
  resolutionStatus: z.enum(RESOLUTIONS).describe("How the visitor's matter stands now."),
  needsEscalation: z.boolean().optional().describe("Whether a person should look after it."),
  summary: z
    .string()
    .max(SUMMARY_CHARACTERS)
    .optional()
    .describe("One sentence: what the visitor wanted and what came of it."),
});

/** The tool with which the model says how the visitor's matter stands. */
export const reportOutcome: OwnTool = {
  description:
    "Reports how the visitor's matter stands, for the team's own records. The visitor does not see it. Call it together with the text of your answer, whenever this has changed.",
  schema: argumentSchema(schema),
  isEnabled: ({ agent }) => agent.reportOutcome === true,
  async run(args, { conversationId }, _, { store }) {
    const { resolutionStatus, needsEscalation } = outcomeOf(schema.parse(args));
    await store.setOutcome(conversationId, { resolution: resolutionStatus, needsEscalation });
    return "Noted. The visitor does not see this; do not mention it.";
  },
};

/** What was reported last in a turn; undefined when nothing was. */
export function reportedOutcome({ steps }: TurnWithSteps): Outcome | undefined {
  const call = steps
    .flatMap(({ toolCalls }) => toolCalls)
    .findLast(({ name, state }) => name === "report_outcome" && state === "succeeded");
  const parsed = call && schema.safeParse(parseJson(call.arguments));
  return parsed?.success ? outcomeOf(parsed.data) : undefined;
}

function outcomeOf({
  needsEscalation = false,
  summary,
  ...said
}: z.output<typeof schema>): Outcome {
  return { ...said, needsEscalation, summary: plainLine(summary ?? "") };
}
