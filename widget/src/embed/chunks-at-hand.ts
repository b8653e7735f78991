import type { ChunkName } from "../elements/chunk-sources.js";
import * as approvals from "../elements/chunks/approvals.js";
import * as forms from "../elements/chunks/forms.js";
import * as markdown from "../elements/chunks/markdown.js";

/** The parts of a script that has everything in it. */
export const chunkSources = {
  markdown: () => markdown,
  approvals: () => approvals,
  forms: () => forms,
} satisfies Record<ChunkName, () => unknown>;
