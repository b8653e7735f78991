/** The titles that conversations are given by themselves. */
export interface TitleStore {
  /** Null when the conversation has no title, or is gone. */
  title(conversationId: string): Promise<string | null>;
  /** Gives a title, unless a person gave one; false when nothing was changed. */
  setTitle(conversationId: string, title: string): Promise<boolean>;
}
