import { html } from "lit";
import type { View } from "./view.js";

/** What could be a mark of Markdown, or a link. */
const MARKS = /[\\`*_~[\]<&|@\n\r]|:\/\/|www\.|^[\s#>+=\d-]/i;

/**
 * Shows Markdown. Where it cannot be had it is shown as it was written.
 *
 * @param open whether more may follow
 * @returns undefined while what reads Markdown is on its way: nothing is shown that would jump then
 */
export function prose(text: string, open: boolean, { chunks, markdown }: View): unknown {
  if (!open && !MARKS.test(text)) return html`<p dir="auto">${text}</p>`;
  const reader = chunks.get("answers");
  if (reader) return reader.markdown(text, open, markdown);
  return chunks.isMissing("answers") ? html`<p class="unread" dir="auto">${text}</p>` : undefined;
}
