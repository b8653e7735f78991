import type { PageContext } from "@smooth-agent/protocol";

/**
 * What a page says for the agent to know, as it is stored: null when it says nothing any more, undefined
 * when it did not say.
 */
export function declaredContext(given: PageContext | undefined): string | null | undefined {
  if (given === undefined) return undefined;
  return isEmpty(given) ? null : JSON.stringify(given);
}

function isEmpty(given: PageContext): boolean {
  if (typeof given === "string") return given.trim() === "";
  return given === null || Object.keys(given).length === 0;
}
