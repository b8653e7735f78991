import { z } from "zod";
import { AUTH_LEVELS } from "./auth-level.js";
import type { ToolDefinition } from "./tool.js";

const filled = z.string().min(1, { error: "must not be empty" });

const aFunction = z.custom<(...args: never[]) => unknown>((value) => typeof value === "function", {
  error: "must be a function",
});

const definitionShape = z
  .strictObject({
    name: z.string().regex(/^[\w-]{1,64}$/, {
      error: "must be 1 to 64 letters, digits, _ or -",
    }),
    title: filled.optional(),
    description: filled,
    parameters: z.looseObject({}).optional(),
    authLevel: z
      .enum(AUTH_LEVELS, { error: `must be one of ${AUTH_LEVELS.join(", ")}` })
      .optional(),
    confirm: z
      .union([z.literal(true), aFunction], { error: "must be true or a function" })
      .optional(),
    risk: z.enum(["low", "high"], { error: "must be low or high" }).optional(),
    stepUp: z.boolean().optional(),
    approver: z.enum(["visitor", "team"], { error: "must be visitor or team" }).optional(),
    editable: z.array(filled).max(20).optional(),
    remember: z.literal("conversation", { error: "must be conversation" }).optional(),
    covers: aFunction.optional(),
    idempotent: z.boolean().optional(),
    timeoutMs: z.int().min(1).optional(),
    confirmationMs: z.int().min(1).optional(),
    execute: aFunction,
  })
  .superRefine((definition, context) => {
    for (const [path, message] of contradictionsOf(definition)) {
      context.addIssue({ code: "custom", path: [path], message });
    }
  });

/**
 * A tool's definition as a host wrote it. The definition itself is kept: a parsed copy would lose the
 * prototype of a zod schema.
 */
export const toolDefinitionSchema = z
  .custom<ToolDefinition>()
  .superRefine((value: unknown, context) => {
    for (const issue of definitionShape.safeParse(value).error?.issues ?? []) {
      // The place comes before the message when the whole is told, so that it is not part of it here.
      const keys = issue.code === "unrecognized_keys" ? issue.keys : [undefined];
      for (const key of keys) {
        const path = key === undefined ? issue.path : [...issue.path, key];
        const message = key === undefined ? issue.message : "is not a known setting";
        context.addIssue({ code: "custom", path, message, input: value });
      }
    }
  });

/** Settings that would be ignored beside each other, though whoever wrote them counts on them. */
function contradictionsOf(definition: {
  risk?: string;
  stepUp?: boolean;
  remember?: string;
  covers?: unknown;
  approver?: string;
}): [name: string, message: string][] {
  const { risk = "low", stepUp, remember, covers, approver = "visitor" } = definition;
  const found: [string, string][] = [];
  if (stepUp && risk !== "high") found.push(["stepUp", "is only for risk high"]);
  if (stepUp && approver !== "visitor")
    found.push(["stepUp", "is only for what the visitor approves"]);
  if (remember && risk === "high") found.push(["remember", "is never for risk high"]);
  if (remember && approver !== "visitor")
    found.push(["remember", "is only for what the visitor approves"]);
  if (covers && !remember) found.push(["covers", "is only for what is remembered"]);
  return found;
}
