import { ownerOf } from "./auth-context.js";

/**
 * The host's word on who the visitor is: a value, or a function (async or not) that is asked anew
 * for every session, so that its signature is fresh. Undefined and null vouch for nobody.
 */
export type AuthContext = object | null | undefined | (() => unknown);

/** How long a word that nobody used yet is good for a session, in milliseconds. */
const FRESH_MS = 10_000;

/** Asks the host who the visitor is, no more often than it must. All reject with what the host threw. */
export interface HostWord {
  /** Whether asking again can bring another word. */
  readonly isAsked: boolean;
  /** The host says another word; whoever is being asked answers with this one. */
  set(next: AuthContext): void;
  /** A word of this moment. */
  ask(): Promise<unknown>;
  /** The user whom the host names; what was said is still good for `take`. */
  owner(): Promise<string | undefined>;
  /** A word for one session: its signature may be used once. */
  take(): Promise<unknown>;
}

export function createHostWord(authContext: AuthContext): HostWord {
  let said = authContext;
  /** What was asked for and not used. */
  let unused: { word: Promise<unknown>; until: number } | undefined;

  const host: HostWord = {
    get isAsked() {
      return typeof said === "function";
    },
    set(next) {
      said = next;
      unused = undefined;
    },
    async ask() {
      for (;;) {
        const asked = said;
        // The key must be absent, not null, where nobody is vouched for.
        const word: unknown = (typeof asked === "function" ? await asked() : asked) ?? undefined;
        // The host may have changed its mind while it was asked.
        if (asked === said) return word;
      }
    },
    owner: () => look().then(ownerOf),
    take() {
      const word = look();
      unused = undefined;
      return word;
    },
  };
  return host;

  function look(): Promise<unknown> {
    if (unused && unused.until > Date.now()) return unused.word;
    const fresh = { word: host.ask(), until: Infinity };
    unused = fresh;
    fresh.word.then(
      () => (fresh.until = Date.now() + FRESH_MS),
      () => (fresh.until = 0),
    );
    return fresh.word;
  }
}
