import { createRequire } from "node:module";

type Pass = (name: string) => void;
type Method = (this: unknown, ...args: unknown[]) => unknown;

/** Names every change of a table and every commit, before and after, in the driver that is used. */
export function driverFailpoints(driver: string, pass: Pass): void {
  const loaded = createRequire(import.meta.url)(driver) as unknown;
  if (driver === "pg") watchPostgres(loaded, pass);
  else watchSqlite(loaded, pass);
}

function watchSqlite(driver: unknown, pass: Pass): void {
  const { prototype } = driver as { prototype: { prepare: Method } };
  const prepare = prototype.prepare;
  prototype.prepare = function prepareWatched(sql) {
    const statement = prepare.call(this, sql) as Record<"run" | "all", Method>;
    const what = changeOf(String(sql));
    if (what === undefined) return statement;
    for (const name of ["run", "all"] as const) {
      const method = statement[name].bind(statement);
      statement[name] = (...args) => {
        pass(`before ${what}`);
        const result = method(...args);
        pass(`after ${what}`);
        return result;
      };
    }
    return statement;
  };
}

export function watchPostgres(driver: unknown, pass: Pass): void {
  const { Client } = driver as { Client: { prototype: { query: Method } } };
  const { prototype } = Client;
  const query = prototype.query;
  prototype.query = function queryWatched(first, ...rest) {
    const sql = typeof first === "string" ? first : (first as { text?: string }).text;
    const what = changeOf(sql ?? "");
    if (what === undefined) return query.call(this, first, ...rest);
    pass(`before ${what}`);
    const callback = rest.at(-1);
    if (typeof callback === "function") {
      const heard = (...answer: unknown[]) => {
        pass(`after ${what}`);
        (callback as Method)(...answer);
      };
      return query.call(this, first, ...rest.slice(0, -1), heard);
    }
    const result = query.call(this, first, ...rest) as Promise<unknown>;
    return result.then((answer) => {
      pass(`after ${what}`);
      return answer;
    });
  };
}

const CHANGE = /^\s*(INSERT|UPDATE|DELETE)\s+(?:INTO\s+|FROM\s+)?(?:[`"]\w+[`"]\.)?[`"](\w+)[`"]/i;

export function changeOf(sql: string): string | undefined {
  if (/^\s*COMMIT\b/i.test(sql)) return "COMMIT";
  const [, verb, table] = CHANGE.exec(sql) ?? [];
  return verb && table ? `${verb.toUpperCase()} ${table}` : undefined;
}
