import { SmoothAgentLinkClickEvent } from "./smooth-agent-events.js";

/** Asks the page before a link of the conversation is followed, also into a new tab. */
export function askBeforeLinks(host: HTMLElement): void {
  for (const type of ["click", "auxclick"]) host.addEventListener(type, ask);
}

function ask(event: Event): void {
  const host = event.currentTarget as HTMLElement;
  const [origin] = event.composedPath();
  // A link in a slot is the host's own.
  if (!(origin instanceof Element) || origin.getRootNode() !== host.shadowRoot) return;
  const link = origin.closest<HTMLAnchorElement>("a[href]");
  if (link && !host.dispatchEvent(new SmoothAgentLinkClickEvent(link.href))) event.preventDefault();
}
