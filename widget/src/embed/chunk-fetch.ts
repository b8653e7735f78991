import type { LoadedChunk } from "../elements/chunk-load.js";
import type { ChunkModule, ChunkName } from "../elements/chunk-sources.js";
import { fileName } from "./file-name.js";
import { importChecked } from "./import-checked.js";
import * as shared from "./shared-parts.js";

/** The SHA-256 of each chunk's file: put in by the build. */
declare const CHUNK_HASHES: Readonly<Record<ChunkName, string>>;

/** Where each chunk of a build for browsers comes from. */
export type Sources = {
  [Name in ChunkName]: () => ChunkModule<Name> | Promise<ChunkModule<Name>>;
};

/**
 * Fetches each chunk from its file, and runs it only when it is what it was at the time of the build.
 *
 * @param base address in the folder with the files; undefined when that is not known
 */
export function fetchedFrom(base: string | undefined): Sources {
  const sources = Object.entries(CHUNK_HASHES).map(([name, hash]) => {
    let tries = 0;
    const fetchIt = async (): Promise<LoadedChunk> => {
      // A browser may keep that it could not have a module, and never ask for it again.
      const again = tries > 0 ? `?${tries}` : "";
      tries += 1;
      const url = new URL(fileName(name, hash) + again, base);
      const chunk = await importChecked(url.href, `sha256-${hash}`);
      return (chunk as { open(parts: typeof shared): LoadedChunk }).open(shared);
    };
    return [name, fetchIt];
  });
  // The build takes the names from the table of sources.
  return Object.fromEntries(sources) as Sources;
}
