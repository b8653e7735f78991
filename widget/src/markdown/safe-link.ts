/** A link that may be shown: where it leads, and what of that the reader must see. */
export interface SafeLink {
  href: string;
  /** The real destination in short (host, address or number); absent when the label says it. */
  destination?: string;
}

const SCHEMES: readonly string[] = ["http:", "https:", "mailto:", "tel:"];

/**
 * Judges a link of a model's text.
 *
 * @param target the address as it was written
 * @param label the text the link would show
 * @returns the link, or undefined for anything but an absolute http, https, mailto or tel address
 */
export function safeLink(target: string, label: string): SafeLink | undefined {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (!url || !SCHEMES.includes(url.protocol)) return undefined;
  const destination = destinationOf(url);
  const href = url.href;
  return says(label, url, destination) ? { href } : { href, destination };
}

/** `URL` has already turned an international host into punycode. */
function destinationOf(url: URL): string {
  if (url.protocol === "mailto:" || url.protocol === "tel:") return decode(url.pathname);
  return url.host;
}

function says(label: string, url: URL, destination: string): boolean {
  const said = label.trim();
  if (said === destination || said === url.href) return true;
  // A look-alike letter parses to the same address, but the reader took it for another one.
  if (/[^!-~]/.test(said)) return false;
  const parsed = URL.canParse(said) ? said : `${url.protocol}//${said}`;
  return URL.canParse(parsed) && new URL(parsed).href === url.href;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
