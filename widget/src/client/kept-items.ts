import { isNumber, isRecord } from "./guard.js";
import type { SessionStore } from "./session-store.js";
import { isStoredSession } from "./stored-session.js";

const DAY_MS = 86_400_000;

/** The userId that the host vouched for; undefined for a visitor whom nobody vouched for. */
export type Owner = string | undefined;

/** What is kept between page loads: apart for each endpoint, agent and visitor, and not for ever. */
export interface KeptItems {
  /** Names the endpoint; nothing is kept before. What a former version kept there is taken over. */
  settle(url: string): Promise<void>;
  /** Undefined when there is none, it is too old or unreadable; anybody may have written it. */
  read(owner: Owner, name: string): Promise<unknown>;
  /** Keeps JSON, from now on for `days`; undefined removes it. Begun at once, for a page that ends. */
  write(owner: Owner, name: string, value: unknown): Promise<void>;
  /** Everything of this visitor's, by its name. */
  all(owner: Owner): Promise<Record<string, unknown>>;
  /** Removes everything of those visitors of this endpoint and agent. */
  clear(isMeant: (owner: Owner) => boolean): Promise<void>;
}

/**
 * @param days how long something is kept after its last use
 * @param conversationId a conversation that the host chose is kept apart
 */
export function createKeptItems(
  store: SessionStore,
  days: number,
  agentId: string,
  conversationId?: string,
): KeptItems {
  const room = conversationId === undefined ? "" : `@${encodeURIComponent(conversationId)}/`;
  /** For a store that does not tell its keys: those that were used. */
  const used = new Set<string>();
  let place: string | undefined;

  const kept: KeptItems = {
    async settle(url) {
      const here = `${PREFIX}${encodeURIComponent(url)}/${encodeURIComponent(agentId)}/`;
      if (here === place) return;
      place = here;
      await takeOver(["smooth-agent", url, agentId, conversationId]);
      for (const key of await keys(PREFIX)) {
        if ((await load(key)) === null) await remove(key);
      }
    },

    read: async (owner, name) => (await load(keyOf(owner, name)))?.value,

    async write(owner, name, value) {
      const key = keyOf(owner, name);
      if (value === undefined) return remove(key);
      try {
        const item: Item = { until: Date.now() + days * DAY_MS, value };
        if (place !== undefined) await store.set(key, JSON.stringify(item));
      } catch {
        // Not kept: it lives as long as this client.
      }
    },

    async all(owner) {
      const found: Record<string, unknown> = {};
      const prefix = keyOf(owner, "");
      used.add(`${prefix}draft`);
      for (const key of await keys(prefix)) {
        const name = key.slice(prefix.length);
        // What stands behind that sign is of a conversation that the host chose.
        if (!name.startsWith("@")) found[name] = (await load(key))?.value;
      }
      return found;
    },

    async clear(isMeant) {
      if (place === undefined) return;
      for (const key of await keys(place)) {
        const [sign = ""] = key.slice(place.length).split("/");
        if (isMeant(ownerIn(sign))) await remove(key);
      }
    },
  };
  return kept;

  function keyOf(owner: Owner, name: string): string {
    const key = `${place}${signOf(owner)}/${room}${name}`;
    used.add(key);
    return key;
  }

  async function keys(prefix: string): Promise<string[]> {
    try {
      const all = store.keys ? await store.keys() : [...used];
      return all.filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  }

  /** @returns null where there is nothing of use; undefined when the store failed */
  async function load(key: string): Promise<Item | null | undefined> {
    let text: string | null | undefined;
    try {
      text = await store.get(key);
    } catch {
      return undefined;
    }
    const item = text ? parsed(text) : undefined;
    return isItem(item) && item.until > Date.now() ? item : null;
  }

  async function remove(key: string): Promise<void> {
    try {
      await store.remove(key);
    } catch {
      // What cannot be removed is refused by the server, or expires.
    }
  }

  /** A session as it was kept when the key did not name the visitor. */
  async function takeOver(parts: (string | undefined)[]): Promise<void> {
    const key = parts.filter((part) => part !== undefined).join(":");
    try {
      const text = await store.get(key);
      if (!text) return;
      const session = parsed(text);
      if (isStoredSession(session) && !(await kept.read(session.owner, "session"))) {
        await kept.write(session.owner, "session", session);
      }
      await store.remove(key);
    } catch {
      // It is looked at again the next time.
    }
  }
}

const PREFIX = "smooth-agent/";

interface Item {
  /** Unix milliseconds. */
  until: number;
  value: unknown;
}

function isItem(item: unknown): item is Item {
  return isRecord(item) && isNumber(item["until"]);
}

/** The visitor's part of a key, such that nobody's name looks like no name. */
function signOf(owner: Owner): string {
  return owner === undefined ? "-" : `+${encodeURIComponent(owner)}`;
}

/** What no such key has is nobody's. */
function ownerIn(sign: string): Owner {
  try {
    return sign.startsWith("+") ? decodeURIComponent(sign.slice(1)) : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
