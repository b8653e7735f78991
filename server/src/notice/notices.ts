import { timeout, TimeoutStrategy } from "cockatiel";
import type { Logger } from "pino";
import { faultOf } from "../log/fault.js";
import type { FeedbackNotice, Notice, QuestionNotice } from "./notice.js";
import { webhook, type WebhookSetting } from "./webhook.js";

/** A host's own function that is told of questions. */
export type QuestionListener = (notice: QuestionNotice) => void | Promise<void>;

/** A host's own function that is told what visitors think of answers. */
export type FeedbackListener = (notice: FeedbackNotice) => void | Promise<void>;

/** Tells a host of questions and of feedback: at best effort, from memory. What counts is in the store. */
export interface Notices {
  /**
   * Tells whoever listens; returns at once and never throws.
   *
   * @param make asked only when somebody listens; what it throws, or null, tells nobody
   */
  tell(make: () => Notice | null | Promise<Notice | null>): void;
  /** Waits up to `timeoutMs` for what is under way, then gives the rest up. Never rejects. */
  drain(timeoutMs: number): Promise<void>;
}

export interface NoticesOptions {
  onQuestion?: QuestionListener;
  onFeedback?: FeedbackListener;
  webhooks?: readonly WebhookSetting[];
  log: Logger;
}

export function notices({ onQuestion, onFeedback, webhooks = [], log }: NoticesOptions): Notices {
  const stopping = new AbortController();
  const hooks = webhooks.map((setting) => webhook(setting, { log, signal: stopping.signal }));
  const underWay = new Set<Promise<void>>();

  const listen = async (notice: Notice): Promise<void> => {
    const isFeedback = notice.type === "feedback.received";
    try {
      await (isFeedback ? onFeedback?.(notice) : onQuestion?.(notice));
    } catch (error) {
      const listener = isFeedback ? "onFeedback" : "onQuestion";
      log.error({ notice: notice.type, ...faultOf(error) }, `${listener} failed`);
    }
  };
  const deliver = async (make: Parameters<Notices["tell"]>[0]): Promise<void> => {
    try {
      const made = await make();
      if (!made) return;
      const notice = Object.freeze(made);
      await Promise.all([listen(notice), ...hooks.map((send) => send(notice))]);
    } catch (error) {
      log.error(faultOf(error), "a notice was lost");
    }
  };

  return {
    tell(make) {
      if (stopping.signal.aborted || (!onQuestion && !onFeedback && hooks.length === 0)) return;
      if (underWay.size >= MOST_UNDER_WAY) {
        log.error("a notice was lost: too many are under way");
        return;
      }
      const done = deliver(make).finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async drain(timeoutMs) {
      const until = Date.now() + timeoutMs;
      // One that is told may make another one be told.
      while (underWay.size > 0 && Date.now() < until) {
        await settled(until - Date.now(), [...underWay]);
      }
      if (underWay.size > 0) log.error({ lost: underWay.size }, "notices were given up at the end");
      stopping.abort();
      // A listener of the host's may never come back.
      await settled(UNWIND_MS, [...underWay]);
    },
  };
}

/** More would be held in memory for a receiver that does not answer. */
const MOST_UNDER_WAY = 1_000;
/** How long a delivery that was told to stop may take to do so, in milliseconds. */
const UNWIND_MS = 500;

/** Waits until all of it is settled, but no longer than so many milliseconds. */
async function settled(ms: number, work: readonly Promise<unknown>[]): Promise<void> {
  const inTime = timeout(ms, TimeoutStrategy.Aggressive);
  await inTime.execute(() => Promise.allSettled(work)).catch(() => undefined);
}
