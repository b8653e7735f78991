/** What has the focus of the page, in whatever shadow tree; undefined when nothing has it. */
export function focused(): Element | undefined {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active && active !== document.body ? active : undefined;
}
