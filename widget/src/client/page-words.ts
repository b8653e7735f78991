import { LIMITS } from "@smooth-agent/protocol/codes";
import type { PageContext } from "@smooth-agent/protocol";

/** What the page says of itself and its visitor; a function is asked anew each time. */
export interface PageWords {
  /**
   * What the agent may know of the page, told when the session is taken up and with each message: a text, an
   * array or an object of at most 4096 bytes as JSON and 8 levels; anything else is not told. null, or
   * nothing in it, takes back what was told before.
   */
  context?: unknown;
  /** The visitor's language, a BCP 47 tag, told when the session is taken up; anything else is not. */
  locale?: string | (() => string | undefined);
}

/** The context as it goes on the wire; undefined for what a server would refuse, and the session with it. */
export function contextOf({ context }: PageWords): PageContext | undefined {
  const json = said(() => JSON.stringify(asked(asked(context))));
  if (json === undefined || !/^(["[{]|null$)/.test(json) || UNSTORABLE.test(json)) return undefined;
  if (new TextEncoder().encode(json).length > LIMITS.contextBytes) return undefined;
  const value = JSON.parse(json) as PageContext;
  return depthOf(value) > LIMITS.contextDepth ? undefined : value;
}

export function localeOf({ locale }: PageWords): string | undefined {
  const tag = said(() => asked(locale));
  const isTag = typeof tag === "string" && tag.length <= LIMITS.localeCharacters && TAG.test(tag);
  return isTag ? tag : undefined;
}

const TAG = /^[a-z]{2,8}(-[a-z\d]{1,8})*$/i;

/** NUL and half a character, as JSON writes them. */
const UNSTORABLE = /\\u(0000|d[89a-f])/i;

function asked(given: unknown): unknown {
  return typeof given === "function" ? (given as () => unknown)() : given;
}

/** A page that cannot say it says nothing: its visitor is to be answered all the same. */
function said<Value>(say: () => Value): Value | undefined {
  try {
    return say();
  } catch {
    return undefined;
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
