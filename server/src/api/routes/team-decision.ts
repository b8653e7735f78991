import { confirmation } from "@smooth-agent/protocol";
import { z } from "zod";
import type { AskedQuestion } from "../../store/store.js";
import { decideCall, goOn } from "../../turn/approvals.js";
import { ApiError, invalid, notFound } from "../api-error.js";
import { identifier } from "../field.js";
import { CURATOR, route, type Call, type Reply } from "../route.js";

const REASON_CHARACTERS = 1_000;

const teamDecision = z.strictObject({
  approved: z.boolean(),
  reason: z
    .string()
    .max(REASON_CHARACTERS, { error: `must be at most ${REASON_CHARACTERS} characters` })
    .regex(/\S/u, { error: "must not be blank" })
    .optional()
    .meta({ description: "The model is told it." }),
  arguments: z.record(z.string(), z.unknown()).optional().meta({
    description: "What is to run in place of what was asked; only what is `editable` may differ.",
  }),
});
type TeamDecision = z.infer<typeof teamDecision>;

const madeDecision = z.object({
  toolCallId: z.string(),
  approved: z.boolean(),
  conversationId: z.string(),
  turnId: z.string(),
  requestId: z.string(),
  confirmation: confirmation
    .optional()
    .meta({ description: "What was approved, when it was changed before." }),
});
type MadeDecision = z.infer<typeof madeDecision>;

/** The verdict of a person of the team, where a tool leaves it to them. */
export const decideApproval = route({
  name: "decideApproval",
  method: "post",
  path: "/approvals/{toolCallId}/decision",
  summary: "Approves or declines a call whose tool leaves that to the team.",
  description:
    "Only for a question that waits and whose `confirmation.approver` is `team`; any other one is a " +
    "conflict. The call runs at once, or its model is told that it was declined and why. The decision is " +
    "kept with `decidedBy` `team` and the `userId` of your token.",
  roles: CURATOR,
  params: z.strictObject({ toolCallId: identifier }),
  query: null,
  body: teamDecision,
  answer: madeDecision,
  errors: ["CONFLICT"],
  async handle(call): Promise<Reply<MadeDecision>> {
    const { params, body, organizationId, ports } = call;
    const asked = await ports.store.askedQuestion(organizationId, params.toolCallId);
    if (!asked) throw notFound();
    return { body: await decide(asked, body, call) };
  },
});

async function decide(
  { toolCallId, conversationId }: AskedQuestion,
  { approved, reason, arguments: wanted }: TeamDecision,
  { principal, ports }: Pick<Call, "principal" | "ports">,
): Promise<MadeDecision> {
  const by = "team";
  const source = { sessionId: null, userId: principal.userId, origin: null };
  const verdict = { conversationId, toolCallId, approved, source, reason, arguments: wanted };
  const decided = await decideCall({ ...verdict, by }, ports);
  if ("refused" in decided) {
    throw decided.refused === "invalid" ? invalid(decided.problem) : notTheTeams();
  }
  goOn(decided, ports);
  const { turnId, requestId, confirmation } = decided;
  const made = { toolCallId, approved, conversationId, turnId, requestId };
  return confirmation ? { ...made, confirmation } : made;
}

function notTheTeams(): ApiError {
  return new ApiError("CONFLICT", "The question does not wait for the team.");
}
