import { z } from "zod";
import type { ToolCallRecord, TurnWithSteps } from "../../store/records.js";
import { argumentSchema } from "../../tools/argument-schema.js";
import { ToolError } from "../../tools/tool.js";
import type { OwnTool } from "../own-tool.js";
import type { TurnPorts } from "../ports.js";
import { checkedArguments } from "../runnable-call.js";
import type { Scene } from "../scene.js";
import { DECLINED_ANSWER, submittedAnswer } from "./form-answer.js";
import type { InteractionKind } from "./interaction-kind.js";
import { INTERACTION_KINDS } from "./interaction-kinds.js";
import { canShow, isAllowed } from "./kind-tool.js";

const schema = z.strictObject({
  kind: z.enum(INTERACTION_KINDS.map(({ kind }) => kind)).describe("What was asked for."),
  values: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("The answer, in the form that you were told when you asked."),
  declined: z.boolean().optional().describe("Whether the visitor does not want to answer."),
});

/** The tool with which the model hands in what the visitor said, where no form could be shown. */
export const submitInteractionTool: OwnTool = {
  description:
    "Hands in what the visitor answered in their own words to what you asked for with a request_ tool. Call it only with what the visitor said; never make an answer up.",
  schema: argumentSchema(schema),
  isEnabled: (scene) => INTERACTION_KINDS.some((kind) => fallsBack(kind, scene)),
  async run(args, turn, scene, { store }) {
    const { kind: name, values, declined } = schema.parse(args);
    const kind = INTERACTION_KINDS.find(({ kind }) => kind === name);
    if (!kind || !fallsBack(kind, scene)) throw new ToolError(`${name} is not asked for this way.`);
    const spec = await specAskedLast(kind, turn, store);
    if (!spec) throw new ToolError(`Nothing was asked for: call ${kind.tool} first.`);
    if (declined) return DECLINED_ANSWER;
    if (!values) throw new ToolError("values is required unless declined is true.");
    const checked = kind.validate(values, spec);
    if ("errors" in checked) {
      const lines = checked.errors.map(({ field, message }) => `${field}: ${message}`);
      throw new ToolError(["The answer is not valid. Ask the visitor again.", ...lines].join("\n"));
    }
    if (checked.identity) await store.keepIdentity(turn.sessionId, checked.identity);
    return submittedAnswer(checked.values);
  },
};

/** Whether a kind that the agent may ask by cannot be shown to whoever speaks here. */
function fallsBack(kind: InteractionKind, { agent, session }: Pick<Scene, "agent" | "session">) {
  return isAllowed(kind, agent) && !canShow(kind, session);
}

/** How many turns and messages an answer may come after its question. */
const PAST_ENTRIES = 20;

/** What was asked for last by a kind, in this turn or in one before. */
async function specAskedLast(
  kind: InteractionKind,
  turn: TurnWithSteps,
  store: TurnPorts["store"],
): Promise<Record<string, unknown> | undefined> {
  const past = await store.past(turn.conversationId, PAST_ENTRIES);
  const before = past.flatMap((entry) => (entry.type === "turn" ? [entry.turn] : []));
  for (const { steps } of [turn, ...before]) {
    const calls = steps.flatMap(({ toolCalls }) => toolCalls);
    const asked = calls.findLast((call) => call.name === kind.tool && isConversational(call));
    const checked = asked && (await checkedArguments(asked, kind.schema));
    if (checked && "args" in checked) return kind.ask(checked.args).spec;
  }
  return undefined;
}

function isConversational({ state, interaction }: ToolCallRecord): boolean {
  return state === "succeeded" && interaction === null;
}
