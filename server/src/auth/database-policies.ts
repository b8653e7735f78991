import type { Logger } from "pino";
import { PolicyUnavailable, type PolicyProvider } from "./agent-policy.js";
import { readPolicy } from "./policy-setting.js";

/** What of an agent's row says who may embed it; the lists are JSON texts. */
export interface PolicyRow {
  organizationId: string;
  /** Null when the row gives no policy. */
  allowedOrigins: string | null;
  secrets: string;
  publicKeys: string;
}

/** Policies from the rows that the host's API edits, read anew each time. */
export function databasePolicies(
  rowOf: (agentId: string) => Promise<PolicyRow | null>,
  log: Logger,
): PolicyProvider {
  return {
    known: () => null,
    areRows: true,
    async policy(agentId) {
      const row = await rowOf(agentId);
      const read = row && policyOfRow(row);
      if (!read) return null;
      if (read.ok) return read.policy;
      log.warn({ agentId, problems: read.problems }, "agent refused: its policy row is malformed");
      throw new PolicyUnavailable("The agent's policy row is malformed.");
    },
  };
}

/** Reads the policy of a row, checked; null when the row gives none. */
export function policyOfRow(row: PolicyRow): ReturnType<typeof readPolicy> | null {
  if (row.allowedOrigins === null) return null;
  return readPolicy({
    organizationId: row.organizationId,
    allowedOrigins: parsedJson(row.allowedOrigins),
    secrets: parsedJson(row.secrets),
    publicKeys: parsedJson(row.publicKeys),
  });
}

/** What no list is stays one, so that the schema refuses it. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? text;
  } catch {
    return text;
  }
}
