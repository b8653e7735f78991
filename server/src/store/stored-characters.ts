import type {
  SqlDriverAdapter,
  SqlMigrationAwareDriverAdapterFactory,
  SqlQuery,
  SqlQueryable,
} from "@prisma/driver-adapter-utils";

/**
 * Lets a database that knows no U+0000 in a text be asked like any other: the character is replaced, so
 * that a text is kept, and an id from a stranger that has one is unknown instead of a fault.
 */
export function replacingNul(
  factory: SqlMigrationAwareDriverAdapterFactory,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => cleaningAdapter(await factory.connect()),
    connectToShadowDb: () => factory.connectToShadowDb(),
  };
}

function cleaningAdapter(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const startTransaction = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (isolationLevel) =>
    cleaning(await startTransaction(isolationLevel));
  return cleaning(adapter);
}

function cleaning<Queryable extends SqlQueryable>(queryable: Queryable): Queryable {
  const queryRaw = queryable.queryRaw.bind(queryable);
  const executeRaw = queryable.executeRaw.bind(queryable);
  queryable.queryRaw = (query) => queryRaw(clean(query));
  queryable.executeRaw = (query) => executeRaw(clean(query));
  return queryable;
}

function clean(query: SqlQuery): SqlQuery {
  return query.args.some(hasNul) ? { ...query, args: query.args.map(withoutNul) } : query;
}

function hasNul(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasNul);
  return typeof value === "string" && value.includes("\0");
}

function withoutNul(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNul);
  return typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value;
}
