/**
 * Whether a tool's name is meant by a pattern: the exact name, or `*` for any run of characters.
 * Never a substring: "delete" does not mean "undelete_hint". Takes time in proportion to both, for a
 * pattern may come from whoever edits an agent.
 */
export function matchesName(pattern: string, name: string): boolean {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return pattern === name;
  if (!name.startsWith(start)) return false;
  let from = start.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return name.length - end.length >= from && name.endsWith(end);
}

/** Whether a name is meant by any of some patterns. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matchesName(pattern, name));
}
