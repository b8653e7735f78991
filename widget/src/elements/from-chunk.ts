import { html, type TemplateResult } from "lit";
import type { ChunkModule, ChunkName } from "./chunk-sources.js";
import { warningIcon } from "./icons.js";
import type { View } from "./view.js";

/**
 * Shows something of a chunk; until it is there a quiet place for it, and where it cannot be had a
 * sentence that says so.
 */
export function fromChunk<Name extends ChunkName>(
  name: Name,
  { chunks, strings }: View,
  show: (chunk: ChunkModule<Name>) => unknown,
  meanwhile: unknown = quietPlace,
): unknown {
  const chunk = chunks.get(name);
  if (chunk) return show(chunk);
  return chunks.isMissing(name) ? missing(name, { chunks, strings }) : meanwhile;
}

/** Says that a part could not be had, with what may be done about it. */
export function missing(
  name: ChunkName,
  { chunks, strings }: Pick<View, "chunks" | "strings">,
): TemplateResult {
  return html`<div class="failure" part="missing" role="status">
    ${warningIcon}<span>${strings.partMissing}</span>
    <button type="button" class="quiet-button" @click=${() => chunks.retry(name)}>
      ${strings.tryAgain}
    </button>
  </div>`;
}

const quietPlace = html`<div class="coming skeleton" aria-hidden="true"><span></span><span></span><span></span></div>`;
