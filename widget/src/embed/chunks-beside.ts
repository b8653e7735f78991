import { fetchedFrom } from "./chunk-fetch.js";

/** The module build has every part in a file beside it. */
export const chunkSources = fetchedFrom(import.meta.url);
