import { isDeepStrictEqual } from "node:util";
import type { Grant } from "@smooth-agent/protocol";
import { timeout, TimeoutStrategy } from "cockatiel";
import { frozenCopy } from "../agent/plain-value.js";
import { faultOf } from "../log/fault.js";
import type { GrantRecord, ToolCallRecord, TurnWithSteps } from "../store/records.js";
import type { Tool } from "../tools/toolbox.js";
import type { TurnPorts } from "./ports.js";
import { asJson, isRememberable } from "./question.js";
import type { RunnableCall } from "./runnable-call.js";
import type { Scene } from "./scene.js";
import { parseJson } from "./tool-call.js";

/**
 * What the visitor of this conversation has allowed before that covers a call too; null when they have
 * to be asked. The tool has to offer it still, and whoever is known to speak has to be who gave it.
 */
export async function coveringGrant(
  call: ToolCallRecord,
  { tool, args }: RunnableCall,
  { conversationId }: TurnWithSteps,
  { userId }: Pick<Scene, "userId">,
  { store, log }: TurnPorts,
): Promise<{ id: string } | null> {
  if (!isRememberable(tool)) return null;
  const grants = await store.grants(conversationId);
  for (const grant of grants) {
    if (grant.toolName !== call.name || grant.userId !== userId()) continue;
    try {
      if (await covers(tool, args, grant)) return { id: grant.id };
    } catch (error) {
      const which = { tool: call.name, toolCallId: call.id };
      log.warn({ ...which, ...faultOf(error) }, "covers of a tool failed: it is asked again");
    }
  }
  return null;
}

/** As a client is told of what holds. */
export function wireGrants(records: readonly GrantRecord[]): Grant[] {
  return records.map(({ id: grantId, toolName, title, summary, createdAt }) => ({
    grantId,
    toolName,
    title,
    summary,
    grantedAt: createdAt.getTime(),
  }));
}

/** How long a tool may think about what a grant covers, in milliseconds. */
const COVERS_MS = 2_000;
const inTime = timeout(COVERS_MS, TimeoutStrategy.Aggressive);

async function covers(
  { definition, schema }: Tool,
  args: Record<string, unknown>,
  grant: GrantRecord,
): Promise<boolean> {
  if (definition.covers === undefined) return true;
  const stored = parseJson(grant.arguments);
  const checked = await schema.check(stored);
  // What the tool takes the approved arguments for by now must be what was approved.
  if (!checked.ok || !isDeepStrictEqual(asJson(checked.value), stored)) return false;
  // What it is given cannot be changed: the same arguments run.
  const [next, approved] = [frozenCopy(args), frozenCopy(checked.value)];
  // A tool written in JavaScript may answer a promise.
  const answer: unknown = await inTime.execute(async () => definition.covers?.(next, approved));
  return answer === true;
}
