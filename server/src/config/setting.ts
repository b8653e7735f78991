import { z } from "zod";
import { SECRET_CHARACTERS } from "../auth/server-secret.js";

/** Where a database is: `file:` and a path, or the URL of a PostgreSQL database. */
export const databaseUrl = z
  .string()
  .regex(/^(?:file|postgres|postgresql):/, {
    error:
      "must begin with file: (SQLite, such as file:./data/smooth-agent.db) or postgresql: " +
      "(such as postgresql://user:password@host:5432/database)",
    abort: true,
  })
  .refine((url) => isPostgres(url) || namesFile(url), {
    error: "must name a file, such as file:./data/smooth-agent.db",
  })
  .refine((url) => !isPostgres(url) || namesDatabase(url), {
    error:
      "must name a database, such as postgresql://user:password@host:5432/database, " +
      "with the special characters of the password percent-encoded",
  });

export function isPostgres(databaseUrl: unknown): databaseUrl is string {
  return typeof databaseUrl === "string" && /^postgres(?:ql)?:/.test(databaseUrl);
}

/** A SQLite file can have a made secret beside it; the servers of a PostgreSQL database share a given one. */
export const SECRET_IS_MISSING = `must be set with PostgreSQL: ${SECRET_CHARACTERS} random characters or more, the same for every server`;

/** A secret of the server's own. */
export const serverSecret = z
  .string()
  .min(SECRET_CHARACTERS, { error: `must have at least ${SECRET_CHARACTERS} characters` });

export const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });

// `file://data/a.db` has a host and no path: a slash too few or too many.
function namesFile(url: string): boolean {
  return /^file:(?:\/\/\/|(?!\/\/))[^?]/.test(url);
}

// A password with a plain / ? # would end the host early, and show its rest as a port or a database.
function namesDatabase(url: string): boolean {
  return (
    /^postgres(?:ql)?:\/\/[^/?#\s]*\/[^/?#@\s]+(?:\?[^#@\s]*)?$/.test(url) && URL.canParse(url)
  );
}
