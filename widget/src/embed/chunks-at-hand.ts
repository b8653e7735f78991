import * as approvals from "../elements/chunks/approvals.js";
import * as markdown from "../elements/chunks/markdown.js";
import { fetchedFrom, type Sources } from "./chunk-fetch.js";
import { ownFolder } from "./own-folder.js";

/** The all-in-one script has in it what an answer may need at any moment; the rest it fetches. */
export const chunkSources: Sources = {
  ...fetchedFrom(ownFolder),
  markdown: () => markdown,
  approvals: () => approvals,
};
