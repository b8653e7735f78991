import type { ClientTool, ErrorCode, SessionDescriptor } from "@smooth-agent/protocol";
import { FINAL_ERROR_CODES } from "@smooth-agent/protocol/codes";
import { ownerOf } from "./auth-context.js";
import { isNumber, isRecord, isText, listOf, optional, shape } from "./guard.js";
import { hasCode, unreadable } from "./request-error.js";
import type { Ask } from "./requests.js";
import { isGrants } from "./pending.js";
import { isHandOff, isTerminalEvent, readActiveTurn } from "./server-event.js";
import type { SessionStore, StoredSession } from "./session-store.js";

/**
 * The host's word on who the visitor is: a value, or a function (async or not) that is asked anew
 * for every session, so that its signature is fresh. Undefined and null vouch for nobody.
 */
export type AuthContext = object | null | undefined | (() => unknown);

export interface SessionOptions {
  agentId: string;
  authContext?: AuthContext;
  /** Goes on with this conversation when it is the visitor's own, else begins a new one. */
  conversationId?: string;
  userName?: string;
  userEmail?: string;
  metadata?: Record<string, unknown>;
  /** What the client can render, beside `live`. */
  supports?: readonly string[];
  /** What the agent may call in the page. */
  clientTools?: ClientTool[];
  storage: SessionStore;
}

/** The visitor's admission to one conversation, over all connections of a client. */
export interface Session {
  readonly id: string | undefined;
  /**
   * Takes the session up, or makes a new one where there is none or the server knows it no more.
   *
   * @param key where it is stored
   * @param adopt called with the descriptor before any later event is heard
   * @returns rejects with a RequestError of the server or the connection, or with what the host threw
   */
  open(key: string, ask: Ask, adopt: Adopt): Promise<void>;
  /**
   * Takes over what the host says of the visitor from now on.
   *
   * @returns at once, unless `next` has to be asked: the word to claim the session with where the
   *   visitor was anonymous; else whether it is the same visitor, undefined where nobody could say
   */
  identify(next: AuthContext): Identified | Promise<Identified>;
  /**
   * Makes the anonymous session the visitor's whom the host's word names; nothing is asked where it is.
   *
   * @param word undefined to ask the host for a fresh one
   */
  claim(key: string, ask: Ask, word: object | undefined, adopt: Adopt): Promise<void>;
  /** The host's word as it is now, from a provider asked anew; rejects with what that threw. */
  vouch(): Promise<unknown>;
  /** Drops the session here and in storage. */
  forget(key: string): void;
}

export type Identified = boolean | undefined | { word: object };

export type Adopt = (descriptor: SessionDescriptor, resumed: boolean) => void;

/** What a server answers that knows no such action, or not in this form. */
const UNKNOWN_ACTION: readonly ErrorCode[] = ["VALIDATION_ERROR", "UNSUPPORTED_ACTION"];

/** Answers to a claim after which the session can never become the visitor's. */
export const UNCLAIMABLE: readonly ErrorCode[] = ["AUTH_CONTEXT_INVALID", ...UNKNOWN_ACTION];

/** Answers to create or resume after which trying again by itself cannot help. */
export const REFUSALS: readonly ErrorCode[] = [...FINAL_ERROR_CODES, ...UNCLAIMABLE];

export function createSession(options: SessionOptions): Session {
  const { agentId, conversationId, userName, userEmail, metadata, storage } = options;
  let { authContext } = options;
  /** Whom the host named last: nothing of the session was asked for in another one's name. */
  let named: { owner: string | undefined } | undefined;
  const supports = ["live", ...(options.supports ?? [])];
  const declared = { supports, clientTools: options.clientTools };
  let current: StoredSession | undefined;
  /** Whether the host's word is newer than what is held: what is stored for somebody else gives way to it. */
  let newlyNamed = true;
  /** The token that opens nothing any more. */
  let goneToken: string | undefined;
  /** The conversation of the session that was held last. */
  let last = conversationId;

  const session: Session = {
    get id() {
      return current?.sessionId;
    },

    async open(key, ask, adopt) {
      let known = current ?? (await recall(key));
      while (known) {
        const { sessionId, sessionToken, owner } = known;
        try {
          const action = "resume_session";
          await ask({ action, sessionId, sessionToken, ...declared }, (data) =>
            take(key, data, owner, adopt, true),
          );
          return;
        } catch (error) {
          // Anything else, a storage fault above all, says nothing about the session.
          if (!hasCode(error, GONE)) throw error;
          session.forget(key);
          // Another tab may have made a new one already, or have its token anew since the visitor logged in.
          known = await recall(key);
        }
      }
      await create(key, ask, adopt);
    },

    identify(next) {
      authContext = next;
      const before = named;
      const judge = (word: unknown): Identified => {
        const owner = ownerOf(word);
        if (!before || owner === before.owner) return true;
        if (before.owner !== undefined || !isRecord(word)) return false;
        name(owner);
        return { word };
      };
      if (!isFunction(next)) return judge(next);
      return vouched().then(judge, () => {
        // Taken up again only by whom it was stored for.
        current = undefined;
        return undefined;
      });
    },

    async claim(key, ask, given, adopt) {
      const word = given ?? (await vouched());
      const owner = ownerOf(word);
      // It was claimed already, only the answer was lost; or it was taken up in the visitor's name.
      if (current?.owner === owner) return;
      const sessionId = session.id ?? "";
      const action = "set_auth_context";
      await ask({ action, sessionId, authContext: word }, (data) =>
        take(key, data, owner, adopt, true),
      );
    },

    vouch: () => vouched(false),

    forget(key) {
      goneToken = current?.sessionToken ?? goneToken;
      current = undefined;
      void remove(key, goneToken);
    },
  };
  return session;

  async function create(key: string, ask: Ask, adopt: Adopt): Promise<void> {
    const action = "create_conversation_session";
    for (let again = isFunction(authContext); ; again = false) {
      const word = await vouched();
      const wish = { agentId, conversationId: last, userName, userEmail, metadata, ...declared };
      try {
        await ask({ action, ...wish, authContext: word }, (data) =>
          take(key, data, ownerOf(word), adopt, data.conversationId === wish.conversationId),
        );
        return;
      } catch (error) {
        if (!again || !hasCode(error, REFUSALS)) throw error;
      }
    }
  }

  function take(
    key: string,
    data: Record<string, unknown>,
    owner: string | undefined,
    adopt: Adopt,
    resumed: boolean,
  ): void {
    if (!isDescriptor(data)) throw unreadable();
    const { sessionId, sessionToken, expiresAt, activeTurn, lastTurn, handOff, grants } = data;
    current = { sessionId, sessionToken, expiresAt, owner };
    last = data.conversationId;
    void keep(key, current);
    newlyNamed = false;
    adopt(
      {
        ...data,
        activeTurn: readActiveTurn(activeTurn),
        lastTurn: isRecord(lastTurn) && isTerminalEvent(lastTurn.terminal) ? lastTurn : null,
        handOff: isHandOff(handOff) ? handOff : undefined,
        grants: isGrants(grants) ? grants : undefined,
      },
      resumed,
    );
  }

  async function recall(key: string): Promise<StoredSession | undefined> {
    const stored = await read(key);
    if (!stored || stored.sessionToken === goneToken) return undefined;
    // The next person at this browser must not see what this one's conversation holds.
    if (stored.owner === ownerOf(await vouched())) return (current = stored);
    // A session that was only lost says nothing of the visitor whom another tab knows.
    if (newlyNamed) void remove(key, stored.sessionToken);
    return undefined;
  }

  async function vouched(naming = true): Promise<unknown> {
    for (;;) {
      const asked = authContext;
      // The key must be absent, not null, where nobody is vouched for.
      const word = (isFunction(asked) ? await asked() : asked) ?? undefined;
      // The host may have changed its mind while it was asked.
      if (asked !== authContext) continue;
      if (naming) name(ownerOf(word));
      return word;
    }
  }

  function name(owner: string | undefined): void {
    newlyNamed ||= named?.owner !== owner;
    named = { owner };
  }

  async function read(key: string): Promise<StoredSession | undefined> {
    try {
      const value: unknown = JSON.parse((await storage.get(key)) ?? "null");
      return isStored(value) && value.expiresAt > Date.now() ? value : undefined;
    } catch {
      return undefined;
    }
  }

  async function keep(key: string, stored: StoredSession): Promise<void> {
    try {
      if (!newlyNamed) {
        const owner = (await read(key))?.owner;
        // Another tab's visitor logged in meanwhile, or this client has a newer session.
        if ((owner ?? stored.owner) !== stored.owner || stored !== current) return;
      }
      await storage.set(key, JSON.stringify(stored));
    } catch {
      // Not kept: the session lives as long as this client.
    }
  }

  async function remove(key: string, sessionToken: string | undefined): Promise<void> {
    try {
      // Another tab may have stored a newer one under the same key.
      const newer = (await read(key))?.sessionToken ?? sessionToken;
      if (newer === sessionToken) await storage.remove(key);
    } catch {
      // What cannot be removed is refused by the server, or expires.
    }
  }
}

const GONE: readonly ErrorCode[] = ["SESSION_NOT_FOUND", ...UNKNOWN_ACTION];

const hasDescriptorFields = shape({
  sessionId: isText,
  conversationId: isText,
  sessionToken: isText,
  expiresAt: isNumber,
  agent: shape({ name: isText, greeting: optional(isText), starters: optional(listOf(isText)) }),
});

function isDescriptor(value: unknown): value is SessionDescriptor {
  return hasDescriptorFields(value);
}

const hasStoredFields = shape({
  sessionId: isText,
  sessionToken: isText,
  expiresAt: isNumber,
  owner: optional(isText),
});

function isStored(value: unknown): value is StoredSession {
  return hasStoredFields(value);
}

function isFunction(value: AuthContext): value is () => unknown {
  return typeof value === "function";
}
