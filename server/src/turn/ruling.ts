import { timeout, TimeoutStrategy } from "cockatiel";
import { z } from "zod";
import { frozenCopy } from "../agent/plain-value.js";
import { faultOf } from "../log/fault.js";
import type { ToolCallRecord } from "../store/records.js";
import type { ToolVerdict } from "../tools/tool-policy.js";
import type { ConfirmationDecision, ConfirmationView } from "../tools/tool.js";
import type { TurnPorts } from "./ports.js";
import type { RunnableCall } from "./runnable-call.js";
import type { Scene } from "./scene.js";
import { cutText, storable } from "./stored-text.js";
import { refusal, toolDecision } from "./tool-decision.js";
import { confirmationContext } from "./tool-execution.js";

/** What the host says of a call: it is refused, it runs unasked, or this is asked. */
export type Ruling =
  | { refusal: string }
  | { asks: false }
  /** `isForced`: the policy wants it asked, whatever was allowed before. */
  | { asks: true; view: ConfirmationView | true; isForced: boolean };

/**
 * Asks the host's policy over all tools, then the tool itself. Either may refuse; of the rest the policy
 * counts before the tool, but never spares a question of high risk. What fails, is late or makes no
 * sense refuses the call.
 *
 * Asked when a call is proposed, and anew for arguments that somebody changed.
 *
 * @throws nothing but what an aborted `signal` makes fail
 */
export async function rulingOf(
  call: Pick<ToolCallRecord, "id" | "name">,
  runnable: RunnableCall,
  scene: Scene,
  ports: TurnPorts,
  signal?: AbortSignal,
): Promise<Ruling> {
  const { tool, args } = runnable;
  const guarded = <Said>(what: string, ask: () => Promise<Said>) =>
    ask().catch((error: unknown): { refuse: string } => {
      if (signal?.aborted) throw error;
      const about = { tool: call.name, toolCallId: call.id, ...faultOf(error) };
      ports.log.error(about, `${what} failed: the call is refused`);
      return UNDECIDED;
    });
  const policy = await guarded("toolPolicy", () =>
    policyVerdict(call, runnable, scene, ports, signal),
  );
  if (isRefusal(policy)) return refused(policy, ports);
  const isForced = policy === "ask";
  if (!tool.gated && !isForced) return { asks: false };
  const { hostFunctionMs } = ports.limits;
  const context = confirmationContext(call, scene);
  const decision = await guarded("confirm of a tool", () =>
    toolDecision(tool, args, context, hostFunctionMs, signal),
  );
  if (isRefusal(decision)) return refused(decision, ports);
  const isSpared = policy === "run" && tool.definition.risk !== "high";
  const asks = isForced || (!isSpared && (tool.alwaysAsks || decision !== false));
  return asks ? { asks, view: decision === false ? true : decision, isForced } : { asks };
}

async function policyVerdict(
  call: Pick<ToolCallRecord, "name">,
  { tool, args }: RunnableCall,
  scene: Scene,
  { toolPolicy, limits }: TurnPorts,
  signal: AbortSignal | undefined,
): Promise<ToolVerdict> {
  if (!toolPolicy) return undefined;
  const { config: _, ...context } = confirmationContext(call, scene);
  const { title, gated: isGated, definition } = tool;
  const about = { name: call.name, title, risk: definition.risk ?? "low", isGated } as const;
  const inTime = timeout(limits.hostFunctionMs, TimeoutStrategy.Aggressive);
  const said: unknown = await inTime.execute(
    async () => toolPolicy({ ...context, tool: about, args: frozenCopy(args) }),
    signal,
  );
  return verdict.parse(said);
}

const verdict = z.union([z.undefined(), z.literal("ask"), z.literal("run"), refusal]);

const UNDECIDED = {
  refuse: "Whether this call may run could not be decided. Nothing was run and nobody was asked.",
};

function isRefusal(said: ToolVerdict | ConfirmationDecision): said is { refuse: string } {
  return typeof said === "object" && "refuse" in said && typeof said.refuse === "string";
}

function refused({ refuse }: { refuse: string }, { limits }: TurnPorts): { refusal: string } {
  return { refusal: storable(cutText(refuse, limits.toolResultCharacters)) };
}
