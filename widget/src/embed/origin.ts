/** The server that a script came from; undefined where it came from none. */
export function originOf(source: string): string | undefined {
  return source.startsWith("http") && URL.canParse(source) ? new URL(source).origin : undefined;
}
