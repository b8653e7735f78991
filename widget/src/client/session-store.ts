import { runtime } from "./runtime.js";

/** Where a session is kept between page loads. May answer later; may fail, then nothing is kept. */
export interface SessionStore {
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, value: string): void | Promise<void>;
  remove(key: string): void | Promise<void>;
}

/** What is kept: nothing that was said, only what opens the conversation again. */
export interface StoredSession {
  sessionId: string;
  sessionToken: string;
  /** Unix milliseconds. */
  expiresAt: number;
  /** The userId the host vouched for when the session was made. */
  owner?: string;
}

/**
 * The page's localStorage, and memory where that is missing or blocked.
 *
 * Not sessionStorage: a second tab must take up the same conversation. What is kept there ends with
 * the token's expiry, and is dropped as soon as the host vouches for somebody else.
 */
export function browserSessionStore(): SessionStore {
  const memory = new Map<string, string>();
  return {
    get(key) {
      return memory.get(key) ?? attempt((storage) => storage.getItem(key));
    },
    set(key, value) {
      memory.delete(key);
      const kept = attempt((storage) => {
        storage.setItem(key, value);
        return true;
      });
      if (!kept) memory.set(key, value);
    },
    remove(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key));
    },
  };
}

function attempt<T>(use: (storage: NonNullable<typeof runtime.localStorage>) => T): T | undefined {
  try {
    // Reading the property itself throws where the visitor blocked storage.
    const storage = runtime.localStorage;
    return storage && use(storage);
  } catch {
    return undefined;
  }
}
