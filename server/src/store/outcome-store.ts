/** What agents say of how their conversations' matters stand. */
export interface OutcomeStore {
  /** Keeps what was said last; nothing happens when the conversation is gone. */
  setOutcome(conversationId: string, outcome: ConversationOutcome): Promise<void>;
  /** Null when the conversation is gone; its fields are null while nothing was said. */
  outcome(conversationId: string): Promise<Nullable<ConversationOutcome> | null>;
}

export interface ConversationOutcome {
  /** How the matter stands. */
  resolution: string;
  /** Whether a person should look after it. */
  needsEscalation: boolean;
}

type Nullable<Type> = { [Key in keyof Type]: Type[Key] | null };
