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
  /** Removes everything of the visitors of this endpoint and agent whose `signOf` is meant. */
  clear(isMeant: (sign: string) => boolean): Promise<void>;
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
        const text = await get(key);
        if (text && !itemIn(text)) await remove(key);
      }
    },

    read: (owner, name) => get(keyOf(owner, name)).then(valueIn),

    async write(owner, name, value) {
      const key = keyOf(owner, name);
      if (value === undefined) return remove(key);
      const until = Date.now() + days * DAY_MS;
      // What cannot be kept lives as long as this client.
      if (place) await attempt(() => store.set(key, JSON.stringify({ until, value })));
    },

    async all(owner) {
      const found: Record<string, unknown> = {};
      const prefix = keyOf(owner, "");
      used.add(`${prefix}draft`);
      for (const key of await keys(prefix)) {
        const name = key.slice(prefix.length);
        // What stands behind that sign is of a conversation that the host chose.
        if (!name.startsWith("@")) found[name] = valueIn(await get(key));
      }
      return found;
    },

    async clear(isMeant) {
      for (const key of place ? await keys(place) : []) {
        if (isMeant(key.slice(place?.length).split("/")[0] ?? "")) await remove(key);
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
    const all = await attempt(() => (store.keys ? store.keys() : [...used]));
    return (all ?? []).filter((key) => key.startsWith(prefix));
  }

  function get(key: string): Promise<string | null | undefined> {
    return attempt(() => store.get(key));
  }

  /** What cannot be removed is refused by the server, or expires. */
  function remove(key: string): Promise<void> {
    return attempt(() => store.remove(key));
  }

  /** A session as it was kept when the key did not name the visitor. */
  async function takeOver(parts: (string | undefined)[]): Promise<void> {
    const key = parts.filter((part) => part !== undefined).join(":");
    const text = await get(key);
    if (!text) return;
    const session = parsed(text);
    if (isStoredSession(session) && !(await kept.read(session.owner, "session"))) {
      await kept.write(session.owner, "session", session);
    }
    await remove(key);
  }
}

const PREFIX = "smooth-agent/";

interface Item {
  /** Unix milliseconds. */
  until: number;
  value?: unknown;
}

/** The visitor's part of a key, such that nobody's name looks like no name. */
export function signOf(owner: Owner): string {
  return owner === undefined ? NOBODY : `+${encodeURIComponent(owner)}`;
}

/** That of a visitor whom nobody vouched for. */
export const NOBODY = "-";

async function attempt<T>(use: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await use();
  } catch {
    return undefined;
  }
}

function itemIn(text: string): Item | undefined {
  const item = parsed(text);
  return isItem(item) && item.until > Date.now() ? item : undefined;
}

function isItem(item: unknown): item is Item {
  return isRecord(item) && isNumber(item["until"]);
}

function valueIn(text: string | null | undefined): unknown {
  return text ? itemIn(text)?.value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
