import { timeout, TimeoutStrategy } from "cockatiel";
import { z } from "zod";
import { frozenCopy } from "../agent/plain-value.js";
import type { ConfirmationContext, ConfirmationDecision } from "../tools/tool.js";
import type { Tool } from "../tools/toolbox.js";

/**
 * What a tool decides about a call, from its checked arguments: `true` of one that says nothing more.
 *
 * @param ms how long it may take
 * @throws whatever its `confirm` throws; when it is late; or when its answer is none
 */
export async function toolDecision(
  { definition: { confirm } }: Tool,
  args: Record<string, unknown>,
  context: ConfirmationContext,
  ms: number,
  signal?: AbortSignal,
): Promise<ConfirmationDecision> {
  if (typeof confirm !== "function") return true;
  const inTime = timeout(ms, TimeoutStrategy.Aggressive);
  const said: unknown = await inTime.execute(
    async () => confirm(frozenCopy(args), context),
    signal,
  );
  return decision.parse(said);
}

/** A refusal of the host's own: words for the model. */
export const refusal = z.object({ refuse: z.string().regex(/\S/u) });

// A tool written in JavaScript may return anything: the visitor is shown text or is not asked.
const decision = z.union([
  z.boolean(),
  refusal,
  z.object({
    refuse: z.undefined().optional(),
    title: z.string(),
    summary: z.string(),
    fields: z
      .array(
        z.object({ label: z.string(), value: z.union([z.string(), z.number()]).transform(String) }),
      )
      .optional(),
    note: z.string().optional(),
  }),
]);
