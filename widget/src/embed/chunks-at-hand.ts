import * as conversation from "../elements/chunks/conversation.js";
import * as markdown from "../elements/chunks/markdown.js";
import { fetchedFrom, type Sources } from "./chunk-fetch.js";
import { isPinned, ownFolder } from "./own-folder.js";

/** The all-in-one script has in it what talks to the server and reads answers; cards it fetches, approvals once the panel was opened. */
export const chunkSources: Sources = {
  ...fetchedFrom(ownFolder),
  // Code stays plain there.
  ...(isPinned && { highlighting: () => ({ paintCode: () => undefined, styles: [] }) }),
  conversation: () => conversation,
  markdown: () => markdown,
};
