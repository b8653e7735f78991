/** A visitor whom the host vouches for, by an auth context of either form. */
export interface VerifiedVisitor {
  userId: string;
  /** As the host says; null when it does not. */
  email: string | null;
  name: string | null;
  /** When the host said so, in Unix seconds; null when its word does not tell. */
  mintedAt: number | null;
  /** What is counted of the auth context, so that it opens no more sessions than allowed. */
  use: { id: string; expiresAt: Date };
}
