import { handOffChanged } from "@smooth-agent/protocol";
import { z } from "zod";
import type { TurnWithSteps } from "../store/records.js";
import { argumentSchema } from "../tools/argument-schema.js";
import { requestPerson, wireHandOff } from "./hand-off.js";
import type { OwnTool } from "./own-tool.js";
import { plainLine } from "./plain-line.js";

/** Characters of a reason. */
const REASON_CHARACTERS = 500;

const schema = z.strictObject({
  reason: z
    .string()
    .min(1)
    .max(REASON_CHARACTERS)
    .describe("One sentence for the team: why a person is needed and what the visitor wants."),
});

/** The tool with which the model asks for a person; whether and when one comes, the host decides. */
export const requestHumanAgent: OwnTool = {
  description:
    "Asks for a person of the team to take over this conversation. Call it when the visitor wants to talk to a person, or when you cannot help them. The visitor sees that a person was asked for.",
  schema: argumentSchema(schema),
  isEnabled: ({ agent }) => agent.handOff === true,
  async run(args, { conversationId }, { session }, ports) {
    const reason = plainLine(schema.parse(args).reason);
    const { organizationId } = session;
    const handOff = await requestPerson({ conversationId, organizationId, reason }, ports);
    const told = wireHandOff(handOff) ?? { state: null };
    return { result: ASKED, events: [handOffChanged(told, ports.now())] };
  },
};

/** Whether the agent asked for a person in a turn. */
export function hasAskedForPerson({ steps }: TurnWithSteps): boolean {
  return steps
    .flatMap(({ toolCalls }) => toolCalls)
    .some(({ name, state }) => name === "request_human_agent" && state === "succeeded");
}

const ASKED =
  "A person of the team was asked for. Nobody knows yet when somebody comes: tell the visitor in a sentence or two that you asked for a person, promise no time, and that until then they may go on writing to you here.";
