/**
 * Where each rare part comes from. A host's bundler splits here; the builds for browsers put a table of
 * their own in place of this file, of which some parts are there at once.
 */
export const chunkSources = {
  markdown: () => import("./chunks/markdown.js"),
  approvals: () => import("./chunks/approvals.js"),
  forms: () => import("./chunks/forms.js"),
};

export type ChunkName = keyof typeof chunkSources;

/** What a chunk gives; one with `styles` has its style sheets adopted before it is used. */
export type ChunkModule<Name extends ChunkName> = Awaited<ReturnType<(typeof chunkSources)[Name]>>;
