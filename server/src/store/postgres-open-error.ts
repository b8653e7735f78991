import type { Client } from "pg";
import { StoreOpenError } from "./storage-error.js";

/** Where a client was to connect; never its password. */
type Target = Pick<Client, "host" | "port" | "user" | "database">;

/** Says in one sentence why a PostgreSQL database cannot be opened, and what to do. */
export function postgresOpenError(error: unknown, target: Target): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  return new StoreOpenError(reasonOf(error, target), { cause: error });
}

function reasonOf(error: unknown, { host, port, user, database }: Target): string {
  const place = host.startsWith("/") ? host : `${host}:${port}`;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  switch (code ?? "") {
    case "28P01":
    case "28000":
      return `PostgreSQL at ${place} refuses the user ${user}. Correct the user and password in DATABASE_URL.`;
    case "3D000":
      return `PostgreSQL at ${place} has no database ${database}. Create it, or correct DATABASE_URL.`;
    case "53300":
      return `PostgreSQL at ${place} has no connection left. Raise its max_connections, or end other clients.`;
    case "55P03":
      return `Another server has been migrating the database ${database} for a minute. Start this one again when it is done.`;
    case "57P03":
      return `PostgreSQL at ${place} is starting or stopping. Start this server again when it is up.`;
  }
  if (message.startsWith("SASL")) {
    return `PostgreSQL at ${place} asks for a password. Name it in DATABASE_URL.`;
  }
  // The engine that migrates passes the message on, and no code.
  if (/permission denied|no schema has been selected/.test(message)) {
    return `The user ${user} may not create tables in the database ${database}. Make it the owner, or name the owner in DATABASE_URL.`;
  }
  if (isUnreachable(code, message)) {
    return `PostgreSQL does not answer at ${place}. Start it, or correct DATABASE_URL.`;
  }
  return `PostgreSQL at ${place} cannot be used: ${message}`;
}

/** The driver's or the server's code, also where Prisma wrapped it. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, originalCode, cause } = error as Record<string, unknown>;
  if (typeof originalCode === "string") return originalCode;
  return typeof code === "string" ? code : codeOf(cause);
}

const UNREACHABLE = [
  "EACCES",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "ENOTFOUND",
  "ETIMEDOUT",
];

function isUnreachable(code: string | undefined, message: string): boolean {
  if (code !== undefined) return UNREACHABLE.includes(code);
  return /timeout expired|Connection terminated/.test(message);
}
