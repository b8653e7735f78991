import type { Usage } from "@smooth-agent/protocol";
import type { Gateway, GatewayRequest } from "../gateway/gateway.js";
import { faultOf } from "../log/fault.js";
import type { TurnRecord } from "../store/records.js";
import type { UsagePurpose } from "../store/store.js";
import { estimatedTokens } from "./history.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";

/** Enters in the ledger what a call used that is no step of its turn. Never throws. */
export async function enterUsage(
  { purpose, model }: { purpose: UsagePurpose; model: string },
  usage: Usage,
  { id: turnId }: Pick<TurnRecord, "id">,
  { session }: Pick<Scene, "session">,
  { store, log }: Pick<TurnPorts, "store" | "log">,
): Promise<void> {
  const { organizationId, agentId, conversationId } = session;
  try {
    // A visitor who was deleted meanwhile must not come back with what they cost.
    const userId = (await store.session(session.id))?.userId ?? null;
    const whose = { organizationId, agentId, conversationId, turnId, userId };
    await store.recordUsage({ ...usage, ...whose, purpose, model });
  } catch (error) {
    log.error({ turnId, purpose, ...faultOf(error) }, "usage was not recorded");
  }
}

/** An answer that broke off, was cut or was stopped, as far as it came. */
export interface Answering {
  gateway: Gateway;
  request: GatewayRequest;
  said: string;
}

/**
 * Enters what an answer without an end used, by estimate: a gateway tells of its usage at the end alone, and
 * whoever stops every answer just before would be served for nothing. Never throws.
 */
export async function enterUnended(
  answering: Answering,
  turn: Pick<TurnRecord, "id">,
  scene: Pick<Scene, "session">,
  ports: Pick<TurnPorts, "store" | "log">,
): Promise<void> {
  if (answering.said === "") return;
  const call = { purpose: "answer", model: answering.request.model } as const;
  await enterUsage(call, estimatedUsage(answering), turn, scene, ports);
}

function estimatedUsage({ gateway, request, said }: Answering): Usage {
  const used = {
    promptTokens: estimatedTokens(request.messages),
    completionTokens: estimatedTokens([{ role: "assistant", content: said }]),
  };
  return { ...used, costUsd: gateway.price?.(request.model, used) ?? 0 };
}
