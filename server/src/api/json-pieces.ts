import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A JSON document that is made while it is sent, and never held as a whole. */
export class JsonPieces {
  constructor(private readonly pieces: AsyncGenerator<string, void>) {}

  /**
   * Writes it as fast as its reader takes it, and ends the writable.
   *
   * @param open asked for the writable once the first piece is there: a fault before it can still be told
   * @throws what the pieces threw, or that the reader left; the writable is destroyed then
   */
  async writeTo(open: () => Writable): Promise<void> {
    const first = await this.pieces.next();
    await pipeline(Readable.from(follow(first, this.pieces)), open());
  }
}

async function* follow(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
