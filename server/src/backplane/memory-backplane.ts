import type { ActiveTurn } from "@smooth-agent/protocol";
import type { Backplane, Envelope } from "./backplane.js";

type Listener = (envelope: Envelope) => void;

/** A backplane for one process: everything is synchronous, so a snapshot is exact by itself. */
export function memoryBackplane(): Backplane {
  const followers = new Map<string, Set<Listener>>();
  const offers = new Map<string, () => ActiveTurn>();
  return {
    publish(conversationId, envelope) {
      for (const listener of [...(followers.get(conversationId) ?? [])]) listener(envelope);
    },

    async follow(conversationId, listener) {
      const own: Listener = (envelope) => listener(envelope);
      const listeners = followers.get(conversationId) ?? new Set();
      followers.set(conversationId, listeners.add(own));
      return {
        snapshot: offers.get(conversationId)?.() ?? null,
        stop() {
          listeners.delete(own);
          if (listeners.size === 0 && followers.get(conversationId) === listeners) {
            followers.delete(conversationId);
          }
        },
      };
    },

    isFollowed: async (conversationId) => followers.has(conversationId),

    offer(conversationId, snapshot) {
      offers.set(conversationId, snapshot);
      return () => {
        if (offers.get(conversationId) === snapshot) offers.delete(conversationId);
      };
    },
  };
}
