import { z } from "zod";
import { NOTICE_TYPES } from "../notice/notice.js";
import type { FeedbackListener, QuestionListener } from "../notice/notices.js";
import { keyOf, SECRET_PREFIX } from "../notice/webhook-signature.js";
import type { WebhookSetting } from "../notice/webhook.js";
import { httpUrl } from "./setting.js";

/** Who is told of the questions that visitors and the team are asked, and of what visitors think of answers. */
export interface NoticeSettings {
  /** Told when a question is asked, answered or expires; nothing waits for it, and what it throws is logged. */
  onQuestion?: QuestionListener;
  /** Told when a visitor rates an answer, changes that or takes it back; nothing waits for it either. */
  onFeedback?: FeedbackListener;
  /** Told the same over HTTP, signed as Standard Webhooks has it; at best effort. */
  webhooks?: WebhookSetting[];
}

const LEAST_SECRET_BYTES = 24;

const secret = z
  .string()
  .refine((value) => !value.startsWith(SECRET_PREFIX) || isBase64(value), {
    error: `must be base64 after ${SECRET_PREFIX}`,
    abort: true,
  })
  .refine((value) => keyOf(value).length >= LEAST_SECRET_BYTES, {
    error: `must have at least ${LEAST_SECRET_BYTES} bytes`,
  });

const webhookUrl = httpUrl.pipe(
  z.string().refine((url) => isSafe(new URL(url)), {
    error: "must be an https URL without a user; http only to localhost",
  }),
);

const isFunction = (value: unknown) => typeof value === "function";

export const noticesShape = {
  onQuestion: z.custom<QuestionListener>(isFunction, { error: "must be a function" }).optional(),
  onFeedback: z.custom<FeedbackListener>(isFunction, { error: "must be a function" }).optional(),
  webhooks: z
    .array(
      z.strictObject({
        url: webhookUrl,
        secret,
        events: z
          .array(z.enum(NOTICE_TYPES, { error: `must be one of ${NOTICE_TYPES.join(", ")}` }))
          .min(1, { error: "must not be empty" })
          .optional(),
      }),
    )
    .max(20, { error: "must be at most 20" })
    .optional(),
};

function isSafe({ protocol, hostname, username, password }: URL): boolean {
  // A fetch refuses an address with a user, and its error would show it.
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

function isBase64(value: string): boolean {
  return /^[A-Za-z\d+/]+={0,2}$/.test(value.slice(SECRET_PREFIX.length));
}
