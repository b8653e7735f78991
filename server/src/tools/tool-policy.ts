import type { ToolContext } from "./tool.js";

/** A call that a policy decides about, before it runs or is asked about. */
export type ToolPolicyCall = Readonly<
  Pick<ToolContext, "conversation" | "agent" | "organization" | "visitor">
> & {
  /** `isGated`: whether it would ask, as far as its definition, `confirmTools` and the agent say. */
  tool: { name: string; title: string; risk: "low" | "high"; isGated: boolean };
  /** The checked arguments: a copy that cannot be changed. */
  args: Readonly<Record<string, unknown>>;
};

/**
 * What a policy decides: nothing, and it is as the tool says; `ask`, whatever the tool says; `run`, which
 * spares a question of low risk; or why it is refused, in words for the model.
 */
export type ToolVerdict = "ask" | "run" | { refuse: string } | undefined;

/** A host's own rule over all tools. What throws, is late or answers anything else refuses the call. */
export type ToolPolicy = (call: ToolPolicyCall) => ToolVerdict | Promise<ToolVerdict>;
