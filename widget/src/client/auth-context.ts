import { isRecord } from "./guard.js";

/** The user that an authContext names, by itself or in its token; nothing is verified here. */
export function ownerOf(authContext: unknown): string | undefined {
  if (!isRecord(authContext)) return undefined;
  const { userId, token } = authContext;
  const owner = typeof token === "string" ? subjectOf(token) : userId;
  return typeof owner === "string" ? owner : undefined;
}

function subjectOf(token: string): unknown {
  try {
    const payload = (token.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/");
    const claims: unknown = JSON.parse(atob(payload));
    return isRecord(claims) && claims.sub;
  } catch {
    return undefined;
  }
}
