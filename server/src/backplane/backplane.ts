import type { ActiveTurn, ServerEvent } from "@smooth-agent/protocol";

/** An event on its way to the connections of a conversation. */
export interface Envelope {
  event: ServerEvent;
  /** The connection whose own action caused it: extension events are not sent there. */
  cause?: string;
  /** The one session it is meant for; every session of the conversation when absent. */
  sessionId?: string;
}

/** A reader of a conversation's events, from an exact point on. */
export interface Following {
  /** The turn that runs, as it stood when following began; null when none runs anywhere. */
  snapshot: ActiveTurn | null;
  stop(): void;
}

/**
 * Carries the events of conversations between turns and connections, in order, in memory or across
 * instances. It is a hint, not a record: what must survive is in the store.
 */
export interface Backplane {
  publish(conversationId: string, envelope: Envelope): void;
  /** Calls `listener` for each envelope published after the snapshot, none missed, none twice. */
  follow(conversationId: string, listener: (envelope: Envelope) => void): Promise<Following>;
  /** Whether anybody follows a conversation at the moment. */
  isFollowed(conversationId: string): Promise<boolean>;
  /** Lets followers ask for the snapshot of a turn that runs here; returns how to withdraw it. */
  offer(conversationId: string, snapshot: () => ActiveTurn): () => void;
}
