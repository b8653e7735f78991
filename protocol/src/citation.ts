import { z } from "zod";

/** A source of an answer: at most 8, one per document, `url` only for http(s). */
export const citation = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string().optional(),
  snippet: z.string().max(280).optional(),
  score: z.number().optional(),
});
export type Citation = z.infer<typeof citation>;
