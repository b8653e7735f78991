/** A host's function that says how an agent behaves threw, or was late. The cause is for the log alone. */
export class SourceFault extends Error {
  override readonly name = "SourceFault";

  constructor(cause: unknown) {
    super("The agent's behaviour could not be read.", { cause });
  }
}
