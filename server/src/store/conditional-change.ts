import { ConflictError } from "./storage-error.js";

/** Null for a change that somebody else was faster with. */
export async function unlessLost<Result>(work: Promise<Result>): Promise<Result | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConflictError) return null;
    throw error;
  }
}

/** @throws {ConflictError} when nothing was changed */
export async function change(update: Promise<{ count: number }>, what: string): Promise<void> {
  const { count } = await update;
  if (count === 0) throw new ConflictError(what);
}
