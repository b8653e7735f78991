import { z } from "zod";

/** Who a visitor or a principal is for its host: 1..256 characters, none of them a control character. */
export const userIdSchema = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}]*$/u)
  .refine((value) => value.isWellFormed());
