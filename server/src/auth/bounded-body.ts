/**
 * Reads the body of a response as UTF-8 text.
 *
 * @param most bytes; a longer body is let go of as soon as it is seen to be longer
 * @throws {RangeError} for a longer body, and whatever the connection throws
 */
export async function boundedBody(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (!body) return "";
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (bytes > most) throw new RangeError(`The body has more than ${most} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
