import type { Usage } from "@smooth-agent/protocol";
import { countOf } from "./loose-json.js";

/** The usage of one model step. The cost is what the gateway reports: in its usage, else by header. */
export function usageOf(usage: Record<string, unknown>, headerCostUsd: number): Usage {
  return {
    costUsd: positive(usage["cost"]) || headerCostUsd,
    promptTokens: countOf(usage["prompt_tokens"]),
    completionTokens: countOf(usage["completion_tokens"]),
  };
}

/** The cost in US dollars that LiteLLM puts into its response headers; 0 without one. */
export function costOfHeaders(headers: Headers): number {
  return positive(Number(headers.get("x-litellm-response-cost")));
}

function positive(value: unknown): number {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : 0;
}
