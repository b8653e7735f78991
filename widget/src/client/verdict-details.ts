/** What a visitor says to a question besides yes or no. */
export interface VerdictDetails {
  /** Why it was declined; the model hears it. */
  reason?: string;
  /** The whole arguments as they are to run, where the question lets them be changed. */
  arguments?: Record<string, unknown>;
  /** Not to be asked again for this here, where the question offers it. */
  remember?: boolean;
}
