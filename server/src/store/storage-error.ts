/** A database fault: never disguised as not-found. The cause is for the log alone. */
export class StorageError extends Error {
  override readonly name = "StorageError";

  constructor(cause: unknown) {
    super("The database could not be read or written.", { cause });
  }
}

/** A conditional update found its row in another state: someone else decided, owns or ended it. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";

  constructor(what: string) {
    super(`${what} is no longer in the state this change needs.`);
  }
}

/** The database cannot be used as it is; the message says what to do, for whoever started the server. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
}
