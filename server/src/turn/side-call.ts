import type { Usage } from "@smooth-agent/protocol";
import { timeout, TimeoutStrategy } from "cockatiel";
import type { GatewayFinish } from "../gateway/gateway.js";
import { faultOf } from "../log/fault.js";
import type { TurnRecord } from "../store/records.js";
import type { UsagePurpose } from "../store/store.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";
import { enterUsage } from "./usage-entry.js";

/** One small question to a model, beside a turn. */
export interface SideCall {
  purpose: Exclude<UsagePurpose, "answer">;
  model: string;
  system: string;
  user: string;
  maxOutputTokens: number;
  /** How long the whole may take, in milliseconds. */
  timeoutMs: number;
  /** Hears the text as it comes; never after the call was given up. */
  onText?(text: string): void;
}

/**
 * Asks a model, without tools, and enters what it used in the ledger. Never throws.
 *
 * @returns the whole text; null when the call failed, took too long or was aborted
 */
export async function sideCall(
  call: SideCall,
  turn: Pick<TurnRecord, "id">,
  scene: Pick<Scene, "session">,
  ports: TurnPorts,
  signal: AbortSignal,
): Promise<string | null> {
  const { purpose, timeoutMs } = call;
  // A host's own gateway may not heed its signal.
  const inTime = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  try {
    const answered = await inTime.execute(
      (until) => answerOf(call, scene, ports, until.signal),
      signal,
    );
    if (answered?.usage) await enterUsage(call, answered.usage, turn, scene, ports);
    return answered?.text ?? null;
  } catch (error) {
    if (signal.aborted) return null;
    ports.log.warn({ turnId: turn.id, purpose, ...faultOf(error) }, "side call failed");
    return null;
  }
}

/** Characters of an answer, whatever the model's server makes of the bound of its tokens. */
const MOST_CHARACTERS = 4_000;

async function answerOf(
  { model, system, user, maxOutputTokens, onText }: SideCall,
  { session }: Pick<Scene, "session">,
  { gateways }: TurnPorts,
  signal: AbortSignal,
): Promise<{ text: string; usage: Usage | undefined } | null> {
  const gateway = await gateways.of(session.organizationId);
  if (!gateway || signal.aborted) return null;
  const request = {
    model,
    messages: [
      { role: "system", content: system },
      { role: "user", content: user },
    ] as const,
    tools: [],
    maxOutputTokens,
  };
  let text = "";
  let finish: GatewayFinish | undefined;
  for await (const part of gateway.stream(request, signal)) {
    if (signal.aborted) return null;
    if (part.type === "finish") {
      finish = part;
      break;
    }
    if (part.type !== "text") continue;
    text += part.text;
    if (text.length > MOST_CHARACTERS) return null;
    onText?.(part.text);
  }
  // An answer without an end, or one that the provider withheld, is none.
  if (!finish) return null;
  return { text: finish.reason === "content_filter" ? "" : text, usage: finish.usage };
}
