import { z } from "zod";

/** Days that a conversation is kept in which nothing happens. */
export const retentionSetting = z
  .number({ error: "must be a number of days" })
  .positive({ error: "must be more than 0 days; leave it out to keep everything" })
  .max(36_500, { error: "must be at most 36500 days" });
