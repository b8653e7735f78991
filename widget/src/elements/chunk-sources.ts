/**
 * Where each rare part comes from. A host's bundler splits here; the builds for browsers put a table of
 * their own in place of this file, of which some parts are there at once.
 */
export const chunkSources = {
  conversation: () => import("./chunks/conversation.js"),
  answers: () => import("./chunks/answers.js"),
  approvals: () => import("./chunks/approvals.js"),
  actions: () => import("./chunks/actions.js"),
  extras: () => import("./chunks/extras.js"),
  forms: () => import("./chunks/forms.js"),
  highlighting: () => import("./chunks/highlighting.js"),
  "locale-ar": () => import("./locales/ar.js"),
  "locale-de": () => import("./locales/de.js"),
  "locale-es": () => import("./locales/es.js"),
  "locale-fr": () => import("./locales/fr.js"),
  "locale-ja": () => import("./locales/ja.js"),
  "locale-pt": () => import("./locales/pt.js"),
  "locale-zh": () => import("./locales/zh.js"),
};

export type ChunkName = keyof typeof chunkSources;

/** What a chunk gives; one with `styles` has its style sheets adopted before it is used. */
export type ChunkModule<Name extends ChunkName> = Awaited<ReturnType<(typeof chunkSources)[Name]>>;
