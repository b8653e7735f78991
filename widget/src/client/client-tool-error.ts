/** A failure that the model is told word for word; of anything else it hears only that there was one. */
export class ClientToolError extends Error {
  override readonly name = "ClientToolError";
}
