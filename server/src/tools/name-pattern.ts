/**
 * Whether a tool's name is meant by a pattern: the exact name, or `*` for any run of characters.
 * Never a substring: "delete" does not mean "undelete_hint".
 */
export function matchesName(pattern: string, name: string): boolean {
  const source = pattern.split("*").map(escape).join(".*");
  return new RegExp(`^${source}$`, "s").test(name);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
