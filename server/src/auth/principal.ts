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
