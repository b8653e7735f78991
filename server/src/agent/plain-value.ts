/**
 * How deep plain objects and arrays are nested in a value; infinite for one that holds itself, or that
 * is deeper than `most`.
 */
export function levelsOf(value: unknown, most: number): number {
  const known = new Map<object, number>();
  const levels = (part: unknown, path: Set<object>): number => {
    if (!isNested(part)) return 0;
    if (path.has(part) || path.size >= most) return Infinity;
    const before = known.get(part);
    if (before !== undefined) return before;
    path.add(part);
    const inner = Object.values(part).map((child: unknown) => levels(child, path));
    path.delete(part);
    const deepest = 1 + inner.reduce((deep, one) => Math.max(deep, one), 0);
    known.set(part, deepest);
    return deepest;
  };
  return levels(value, new Set());
}

/** A deep copy that nothing can change; what is no plain object or array is handed on as it is. */
export function frozenCopy(value: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return frozen(value) as Readonly<Record<string, unknown>>;
}

function frozen(value: unknown): unknown {
  if (!isNested(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  const entries = Object.entries(value).map(([key, part]) => [key, frozen(part)]);
  return Object.freeze(Object.fromEntries(entries));
}

function isNested(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
