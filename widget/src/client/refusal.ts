import type { ErrorDescriptor } from "@smooth-agent/protocol";
import { httpUrl } from "./endpoint.js";
import { isErrorDescriptor, isRecord } from "./guard.js";
import type { Fetch } from "./runtime.js";

/**
 * Asks the socket's URL by a plain request why its handshake failed, which a browser does not tell.
 *
 * @returns the server's reason, or undefined when it gave none or cannot be reached
 */
export async function askRefusal(
  url: string,
  fetch: Fetch,
  signal: AbortSignal,
): Promise<ErrorDescriptor | undefined> {
  try {
    const response = await fetch(httpUrl(url), { credentials: "omit", cache: "no-store", signal });
    const body = response.ok ? undefined : await response.json();
    return isRecord(body) && isErrorDescriptor(body.error) ? body.error : undefined;
  } catch {
    return undefined;
  }
}
