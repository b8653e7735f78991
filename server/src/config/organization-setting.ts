import { z } from "zod";

/** What one organization has of its own; the database's row of it goes before. */
export interface OrganizationConfig {
  /** What its agents are told to be like, unless they have instructions of their own. */
  persona?: string;
  /** US dollars that its conversations may cost in the budget's days. */
  budgetUsd?: number;
}

export const personaSetting = z
  .string()
  .max(64_000, { error: "must be at most 64000 characters" })
  .regex(/\S/u, { error: "must not be blank" });

export const organizationsSetting = z.record(
  z.string().min(1, { error: "must not be empty" }),
  z.strictObject({
    persona: personaSetting.optional(),
    budgetUsd: z.number().nonnegative({ error: "must not be negative" }).optional(),
  }),
);
