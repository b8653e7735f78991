/**
 * The normal form of an origin: lower-case scheme and host, no default port, no trailing slash.
 * Null for whatever `URL` does not parse to a bare origin, the header value `null` included.
 */
export function normalOrigin(value: string): string | null {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(value) || !URL.canParse(value)) return null;
  const url = new URL(value);
  const bare = url.pathname === "/" || url.pathname === "";
  if (!bare || url.search || url.hash || url.username || url.password || !url.host) return null;
  if (/[?#@\\]/.test(value)) return null;
  return `${url.protocol}//${url.host}`;
}

/**
 * Whether a page of this origin may embed an agent.
 *
 * @param origin the `Origin` header as it came; missing and `null` are allowed by `*` alone
 * @param allowed entries `*`, an exact origin, or `scheme://*.suffix` (the apex and any subdomain)
 */
export function isOriginAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (allowed.includes("*")) return true;
  const candidate = origin === undefined ? null : normalOrigin(origin);
  if (candidate === null) return false;
  return allowed.some((entry) => matchesEntry(candidate, entry));
}

/** Whether an entry of `allowedOrigins` can ever match. */
export function isOriginEntry(entry: string): boolean {
  if (entry === "*") return true;
  const apex = entry.replace("://*.", "://");
  // `URL` takes a star for a letter of a host's name, which no page's origin has.
  return normalOrigin(apex) !== null && !apex.includes("*");
}

function matchesEntry(candidate: string, entry: string): boolean {
  if (!entry.includes("://*.")) return normalOrigin(entry) === candidate;
  const apex = normalOrigin(entry.replace("://*.", "://"));
  if (apex === null) return false;
  if (candidate === apex) return true;
  const [scheme = "", host = ""] = apex.split("://");
  return candidate.startsWith(`${scheme}://`) && candidate.endsWith(`.${host}`);
}
