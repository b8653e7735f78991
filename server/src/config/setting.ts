import { z } from "zod";
import { SECRET_CHARACTERS } from "../auth/server-secret.js";

/** Where a database is: `file:` and a path. */
export const databaseUrl = z
  .string()
  .startsWith("file:", {
    error: "must begin with file: (SQLite is the database of this version)",
    abort: true,
  })
  .refine(namesFile, { error: "must name a file, such as file:./data/smooth-agent.db" });

/** A secret of the server's own. */
export const serverSecret = z
  .string()
  .min(SECRET_CHARACTERS, { error: `must have at least ${SECRET_CHARACTERS} characters` });

export const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });

// `file://data/a.db` has a host and no path: a slash too few or too many.
function namesFile(url: string): boolean {
  return /^file:(?:\/\/\/|(?!\/\/))[^?]/.test(url);
}
