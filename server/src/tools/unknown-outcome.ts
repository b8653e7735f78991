/** Nobody knows whether the call took effect: it was sent, and nothing came back. */
export class UnknownOutcome extends Error {
  override readonly name = "UnknownOutcome";

  constructor(cause: unknown) {
    super("The call may or may not have taken effect.", { cause });
  }
}
