/** A dashboard or server of the host, as its token says. */
export interface Principal {
  userId: string;
  /** Null when its token names none: it may not use what belongs to an organization. */
  organizationId: string | null;
  /** `admin`, `curator`, or whatever else its host says. */
  role: string | null;
  name: string | null;
  email: string | null;
}

/** What a session of a principal without a role has in its place: no token can name it. */
export const NO_ROLE = "";

/** Knows who sent a token. */
export interface PrincipalVerifier {
  /** Who a bearer token stands for; null when anything about it is wrong, or none is accepted here. */
  verify(token: string): Promise<VerifiedPrincipal | null>;
}

/** A principal, for as long as its token is good. */
export interface VerifiedPrincipal extends Principal {
  /** Unix milliseconds. */
  expiresAt: number;
}
