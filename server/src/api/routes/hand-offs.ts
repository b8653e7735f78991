import { HAND_OFF_STATES, type HandOffState } from "@smooth-agent/protocol";
import { z } from "zod";
import { changeHandOff } from "../../turn/hand-off.js";
import { notFound } from "../api-error.js";
import { identifier, instant, personName } from "../field.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";

/** From the agent to a person, and back. */
export function handOffRoutes(): Route[] {
  return [setHandOff];
}

const state = z
  .enum(HAND_OFF_STATES)
  .nullable()
  .meta({
    description:
      "`requested`: a person is asked for; `waiting`: one is looked for; `active`: one has taken over, and " +
      "the agent is silent; null: the conversation is the agent's.",
  });

const handOffAnswer = z.object({
  state,
  name: z.string().optional(),
  reason: z.string().optional(),
  at: instant.optional(),
});
type HandOffAnswer = z.infer<typeof handOffAnswer>;

const body = z
  .strictObject({
    state,
    name: personName.optional(),
    reason: z
      .string()
      .max(500, { error: "must be at most 500 characters" })
      .regex(/\S/u, { error: "must not be blank" })
      .optional(),
  })
  .refine(({ state, name }) => (state === "active") === (name !== undefined), {
    path: ["name"],
    error: "must be given with the state active, and with no other",
  });

const setHandOff = route({
  name: "setHandOff",
  method: "post",
  path: "/conversations/{conversationId}/hand-off",
  summary: "Asks for a person, lets one take over, or gives the conversation back to the agent.",
  description:
    "Whoever takes over ends what the agent was doing: its answer is stopped with what it has said, and " +
    "an open question is declined. What is so already is not changed; the answer says how it is now.",
  roles: CURATOR,
  params: z.strictObject({ conversationId: identifier }),
  query: null,
  body,
  answer: handOffAnswer,
  async handle({ params, body, organizationId, ports }): Promise<Reply<HandOffAnswer>> {
    const { conversationId } = params;
    const change: { state: HandOffState | null; name?: string; reason?: string } = body;
    const stepped = await changeHandOff({ ...change, conversationId, organizationId }, ports);
    if (!stepped) throw notFound();
    if (!stepped.handOff) return { body: { state: null } };
    const { state, name, reason, at } = stepped.handOff;
    return {
      body: {
        state,
        ...(name !== null && { name }),
        ...(reason !== null && { reason }),
        ...(at !== null && { at: at.toISOString() }),
      },
    };
  },
});
