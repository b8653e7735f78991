import { randomUUID } from "node:crypto";
import {
  ExponentialBackoff,
  TimeoutStrategy,
  bulkhead,
  handleAll,
  retry,
  timeout,
  wrap,
} from "cockatiel";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import type { Notice, NoticeType } from "./notice.js";
import { webhookSignature } from "./webhook-signature.js";

/** Where a host is told of questions and feedback over HTTP. */
export interface WebhookSetting {
  /** https, or http on this machine. */
  url: string;
  /** Signs what is sent, as Standard Webhooks has it: `whsec_` and base64, or plain text. */
  secret: string;
  /** What is sent; everything when absent. */
  events?: readonly NoticeType[];
}

/**
 * Sends notices to one address: each up to three times, with the same id, until it is answered with a 2xx.
 *
 * @param signal aborted when nothing more is to be sent
 * @returns sends one; resolves when it arrived or was given up, and never rejects
 */
export function webhook(
  { url, secret, events }: WebhookSetting,
  { log, signal }: { log: Logger; signal: AbortSignal },
): (notice: Notice) => Promise<void> {
  // One that answers slowly holds back its own notices alone.
  const patiently = wrap(bulkhead(CONCURRENT, QUEUED), tries, inTime);
  const { host } = new URL(url);
  return async (notice) => {
    if (events && !events.includes(notice.type)) return;
    const id = `msg_${randomUUID()}`;
    const body = JSON.stringify(notice);
    try {
      await patiently.execute(
        ({ signal: late }) => post(url, signedHeaders(secret, id, body), body, late),
        signal,
      );
    } catch (error) {
      log.error({ webhook: host, notice: notice.type, ...faultOf(error) }, "webhook was given up");
    }
  };
}

const CONCURRENT = 8;
const QUEUED = 500;
const ANSWER_MS = 5_000;
const inTime = timeout(ANSWER_MS, TimeoutStrategy.Aggressive);

const backoff = new ExponentialBackoff({ initialDelay: 500, maxDelay: 5_000 });
const tries = retry(handleAll, { maxAttempts: 2, backoff }).dangerouslyUnref();

function signedHeaders(secret: string, id: string, body: string): Record<string, string> {
  const timestamp = Math.floor(Date.now() / 1_000);
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": webhookSignature(secret, { id, timestamp, body }),
  };
}

async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers,
    body,
    // What is signed goes to this address and to no other.
    redirect: "manual",
    signal,
  });
  // What it says beside its status is nobody's here.
  await response.body?.cancel();
  if (!response.ok) throw new Error(`The webhook answered ${response.status}.`);
}
