import { invalid } from "./api-error.js";

/**
 * The fields of a request's query string, whatever parser the host's app has.
 *
 * @throws {ApiError} VALIDATION_ERROR for a field that is given twice
 */
export function queryFields(url: string): Record<string, string> {
  const start = url.indexOf("?");
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(start === -1 ? "" : url.slice(start))) {
    if (fields.has(name)) throw invalid("A field of the query may be given once.");
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
