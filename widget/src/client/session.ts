import type { ClientTool, ErrorCode, SessionDescriptor } from "@smooth-agent/protocol";
import { FINAL_ERROR_CODES } from "@smooth-agent/protocol/codes";
import { ownerOf } from "./auth-context.js";
import { isNumber, isRecord, isText, listOf, optional, shape } from "./guard.js";
import { createHostWord, type AuthContext } from "./host-word.js";
import type { KeptItems, Owner } from "./kept-items.js";
import { contextOf, localeOf, type PageWords } from "./page-words.js";
import { hasCode, unreadable } from "./request-error.js";
import type { Ask } from "./requests.js";
import { isGrants } from "./pending.js";
import { isHandOff, isTerminalEvent, readActiveTurn } from "./server-event.js";
import { isStoredSession, type StoredSession } from "./stored-session.js";

export interface SessionOptions extends PageWords {
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
  kept: KeptItems;
}

/** The visitor's admission to one conversation, over all connections of a client. */
export interface Session {
  readonly id: string | undefined;
  /** For whom it was made or taken up. */
  readonly owner: Owner;
  /** Whom the host names; asked once for each client, and again when nobody is held. */
  introduce(): Promise<Owner>;
  /**
   * Takes the session up, or makes a new one where there is none or the server knows it no more.
   *
   * @param adopt called with the descriptor before any later event is heard
   * @returns rejects with a RequestError of the server or the connection, or with what the host threw
   */
  open(ask: Ask, adopt: Adopt): Promise<void>;
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
  claim(ask: Ask, word: object | undefined, adopt: Adopt): Promise<void>;
  /** The host's word as it is now, from a provider asked anew; rejects with what that threw. */
  vouch(): Promise<unknown>;
  /** Leaves the conversation for another one: for a new one when that is undefined. */
  renew(conversationId?: string): void;
  /** Drops the session here and in storage. */
  forget(): void;
  /** Drops it here: the next one is another visitor's, or not `forgotten` and may be the same again. */
  part(forgotten: boolean): void;
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
  const { agentId, conversationId, userName, userEmail, metadata, kept } = options;
  const host = createHostWord(options.authContext);
  /** Whom the host named last: nothing of the session was asked for in another one's name. */
  let named: { owner: Owner } | undefined;
  const supports = ["live", ...(options.supports ?? [])];
  const declared = () => ({
    supports,
    clientTools: options.clientTools,
    context: contextOf(options),
    locale: localeOf(options),
  });
  let current: StoredSession | undefined;
  /** The token that opens nothing any more, or is not wanted any more. */
  let goneToken: string | undefined;
  /** The conversation of the session that was held last, or is wanted next. */
  let last = conversationId;
  /** Whether another conversation is wanted than that of any session there is. */
  let wantsOther = false;

  const session: Session = {
    get id() {
      return current?.sessionId;
    },

    get owner() {
      return current?.owner;
    },

    introduce: () => (named && current ? Promise.resolve(named.owner) : owner()),

    async open(ask, adopt) {
      let known = current ?? (await recall());
      while (known) {
        const { sessionId, sessionToken, owner: holder } = known;
        try {
          const action = "resume_session";
          await ask({ action, sessionId, sessionToken, ...declared() }, (data) =>
            take(data, holder, adopt, true),
          );
          return;
        } catch (error) {
          // Anything else, a storage fault above all, says nothing about the session.
          if (!hasCode(error, GONE)) throw error;
          session.forget();
          // Another tab may have made a new one already, or have its token anew since the visitor logged in.
          known = await recall();
        }
      }
      await create(ask, adopt);
    },

    identify(next) {
      host.set(next);
      const before = named;
      const judge = (word: unknown): Identified => {
        const owner = ownerOf(word);
        if (!before || owner === before.owner) return true;
        if (before.owner !== undefined || !isRecord(word)) return false;
        named = { owner };
        return { word };
      };
      if (!host.isAsked) return judge(next);
      return host.ask().then(judge, () => undefined);
    },

    async claim(ask, given, adopt) {
      const word = given ?? (await host.take());
      const claimant = ownerOf(word);
      // It was claimed already, only the answer was lost; or it was taken up in the visitor's name.
      if (current?.owner === claimant) return;
      const sessionId = session.id ?? "";
      const action = "set_auth_context";
      await ask({ action, sessionId, authContext: word }, (data) =>
        take(data, claimant, adopt, true),
      );
    },

    vouch: host.ask,

    renew(next) {
      goneToken = current?.sessionToken;
      current = undefined;
      last = next;
      wantsOther = true;
    },

    forget() {
      goneToken = current?.sessionToken ?? goneToken;
      void remove(current);
      current = undefined;
    },

    part(forgotten) {
      if (forgotten) goneToken = current?.sessionToken ?? goneToken;
      current = undefined;
      last = conversationId;
      wantsOther = false;
    },
  };
  return session;

  async function create(ask: Ask, adopt: Adopt): Promise<void> {
    const action = "create_conversation_session";
    for (let again = host.isAsked; ; again = false) {
      const word = await host.take();
      const holder = ownerOf(word);
      named = { owner: holder };
      const wish = { agentId, conversationId: last, userName, userEmail, metadata, ...declared() };
      try {
        await ask({ action, ...wish, authContext: word }, (data) =>
          take(data, holder, adopt, data.conversationId === wish.conversationId),
        );
        return;
      } catch (error) {
        if (!again || !hasCode(error, REFUSALS)) throw error;
      }
    }
  }

  function take(
    data: Record<string, unknown>,
    holder: Owner,
    adopt: Adopt,
    resumed: boolean,
  ): void {
    if (!isDescriptor(data)) throw unreadable();
    const { sessionId, sessionToken, expiresAt, activeTurn, lastTurn, handOff, grants } = data;
    const former = current;
    current = { sessionId, sessionToken, expiresAt, owner: holder };
    last = data.conversationId;
    if (former && former.owner !== holder) void remove(former);
    void keep(current, wantsOther);
    wantsOther = false;
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

  async function recall(): Promise<StoredSession | undefined> {
    const visitor = await owner();
    if (wantsOther) return undefined;
    const stored = await read(visitor);
    if (!stored || stored.sessionToken === goneToken) return undefined;
    return (current = stored);
  }

  async function owner(): Promise<Owner> {
    const visitor = await host.owner();
    named = { owner: visitor };
    return visitor;
  }

  async function read(visitor: Owner): Promise<StoredSession | undefined> {
    const stored = await kept.read(visitor, "session");
    return isStoredSession(stored) && stored.owner === visitor ? stored : undefined;
  }

  async function keep(stored: StoredSession, isWanted: boolean): Promise<void> {
    const { sessionId, sessionToken } = (await read(stored.owner)) ?? stored;
    // Another tab may have made a newer one for the same visitor, and so may this client.
    const isOwn = sessionId === stored.sessionId || sessionToken === goneToken || isWanted;
    if (isOwn && stored === current) await kept.write(stored.owner, "session", stored);
  }

  async function remove(stored: StoredSession | undefined): Promise<void> {
    if (!stored) return;
    // Another tab may have stored a newer one for the same visitor.
    const { sessionToken } = (await read(stored.owner)) ?? stored;
    if (sessionToken === stored.sessionToken) await kept.write(stored.owner, "session", undefined);
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
