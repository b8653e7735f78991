import { runtime, type WebStorage } from "./runtime.js";

/**
 * Where things are kept between page loads. May answer later; may fail, then nothing is kept.
 *
 * Without `keys` what was not sent yet does not survive, and what other visitors left is not found.
 */
export interface SessionStore {
  get(key: string): string | null | undefined | Promise<string | null | undefined>;
  set(key: string, value: string): void | Promise<void>;
  remove(key: string): void | Promise<void>;
  /** All keys there are, those of others too. */
  keys?(): readonly string[] | Promise<readonly string[]>;
}

/** `local`: over visits; `session`: until the tab closes; `none`: not beyond the client. */
export type StorageMode = "local" | "session" | "none";

/**
 * The page's localStorage or sessionStorage, and memory where that is missing, blocked or full.
 *
 * With `session` a second tab begins a conversation of its own.
 */
export function browserSessionStore(mode: StorageMode = "local"): SessionStore {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: WebStorage) => T): T | undefined => {
    try {
      // Reading the property itself throws where the visitor blocked storage.
      const storage = mode === "none" ? undefined : runtime[`${mode}Storage`];
      return storage && use(storage);
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key)),
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
    keys: () => [
      ...memory.keys(),
      ...(attempt((storage) =>
        Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ""),
      ) ?? []),
    ],
  };
}
