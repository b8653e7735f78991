import type { Interaction } from "@smooth-agent/protocol";
import type { Agent } from "../../agent/agent.js";
import { matchesAny } from "../../tools/name-pattern.js";
import type { OwnTool } from "../own-tool.js";
import type { Scene } from "../scene.js";
import type { InteractionKind } from "./interaction-kind.js";

/**
 * The tool by which a model asks with a kind of form. The turn parks on it where the session can show
 * the form; else the model is told to ask in its own words.
 */
export function kindTool(kind: InteractionKind): OwnTool {
  const { description, schema } = kind;
  return {
    description,
    schema,
    isEnabled: ({ agent }) => isAllowed(kind, agent),
    async park(args, { id: interactionId }, { sessionId }, { store, limits, now }) {
      // As it is now: the page may have come back since the turn began.
      const session = await store.session(sessionId);
      if (!session || !canShow(kind, session)) return null;
      const expiresAt = now() + limits.interactionMs;
      return { interactionId, kind: kind.kind, ...kind.ask(args), expiresAt } satisfies Interaction;
    },
    async run(args) {
      const asked = { mode: "conversational", kind: kind.kind, ...kind.ask(args) };
      return JSON.stringify({ ...asked, instructions: instructionsFor(kind) });
    },
  };
}

/** Whether an agent may ask by a kind: its allow-list says so, or it has none; never one nobody described. */
export function isAllowed(
  { tool }: Pick<InteractionKind, "tool">,
  { isKnown, tools }: Pick<Agent, "isKnown" | "tools">,
): boolean {
  return isKnown && (tools === undefined || matchesAny(tools, tool));
}

/** Whether the client of a session says that it can show a kind. */
export function canShow(
  { capability }: Pick<InteractionKind, "capability">,
  { supports }: Pick<Scene["session"], "supports">,
): boolean {
  return supports.includes(capability);
}

function instructionsFor({ kind, valuesShape }: InteractionKind): string {
  return `The visitor's page cannot show this. Ask for it in the text of your answer, in the visitor's language. When they have answered, call submit_interaction with kind ${JSON.stringify(kind)} and values like ${valuesShape}; when they do not want to answer, call it with declined: true.`;
}
