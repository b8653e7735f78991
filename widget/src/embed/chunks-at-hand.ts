import * as conversation from "../elements/chunks/conversation.js";
import { fetchedFrom, type Sources } from "./chunk-fetch.js";
import { ownFolder } from "./own-folder.js";

/** The all-in-one script has in it what talks to the server; what draws answers it fetches once the panel was opened. */
export const chunkSources: Sources = {
  ...fetchedFrom(ownFolder),
  conversation: () => conversation,
};
