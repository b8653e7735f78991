/** Who may have a tool run: anybody, a verified visitor, or an admin of the host. From lax to strict. */
export const AUTH_LEVELS = ["none", "end_user", "admin"] as const;
export type AuthLevel = (typeof AUTH_LEVELS)[number];

/** The strictest of some levels; `none` of none. */
export function strictest(...levels: readonly (AuthLevel | undefined)[]): AuthLevel {
  const ranks = levels.map((level) => (level === undefined ? 0 : AUTH_LEVELS.indexOf(level)));
  return AUTH_LEVELS[Math.max(0, ...ranks)] ?? "admin";
}
