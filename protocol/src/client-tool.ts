import { z } from "zod";
import { filledText, flag, storedObject } from "./field.js";

/** Extension: a function of the page that the agent may call. */
export const clientTool = z.object({
  name: z.string({ error: "must be a string" }).regex(/^[\w-]{1,48}$/, {
    error: "must be 1 to 48 letters, digits, _ or -",
  }),
  description: filledText.max(1_000, { error: "must be at most 1000 characters" }),
  parameters: storedObject
    .optional()
    .meta({ description: "A JSON Schema of an object; no arguments when absent." }),
  confirm: flag.optional().meta({ description: "Whether the visitor is asked first." }),
});
export type ClientTool = z.infer<typeof clientTool>;

/** What the model's name of a client tool begins with: no tool of the server's can be meant by it. */
export const CLIENT_TOOL_PREFIX = "client_";

/** Bytes that all tools of a page may take as JSON. */
const MOST_BYTES = 16 * 1024;

/** At most 20, each with a name of its own. */
export const clientTools = z
  .array(clientTool, { error: "must be an array of tools" })
  .max(20, { error: "must have at most 20 entries" })
  .refine((tools) => new Set(tools.map(({ name }) => name)).size === tools.length, {
    error: "must not have two tools of one name",
  })
  .refine((tools) => new TextEncoder().encode(JSON.stringify(tools)).length <= MOST_BYTES, {
    error: `must take at most ${MOST_BYTES} bytes`,
  });
