import { z } from "zod";
import { USAGE_KEYS, USAGE_ROWS } from "../../store/store.js";
import { queryInstant } from "../field.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";

const usageSums = z.object({
  by: z.enum(USAGE_KEYS),
  sums: z.array(
    z.object({
      key: z.string().nullable().meta({
        description:
          "A day of UTC as YYYY-MM-DD, an id, a user id or a model; null for anonymous visitors.",
      }),
      entries: z.int().meta({ description: "Turns, and calls beside turns, that were summed up." }),
      promptTokens: z.int(),
      completionTokens: z.int(),
      costUsd: z.number(),
    }),
  ),
  isComplete: z
    .boolean()
    .meta({ description: `False when there are more than the ${USAGE_ROWS} sums of one answer.` }),
});
type UsageSums = z.infer<typeof usageSums>;

/** What models were used for. */
export function usageRoutes(): Route[] {
  return [
    route({
      name: "getUsage",
      method: "get",
      path: "/usage",
      summary: "What the organization used of models, and what that cost.",
      description: "Days come newest first, anything else dearest first.",
      roles: CURATOR,
      params: null,
      query: z.strictObject({
        from: queryInstant.optional().meta({ description: "From this instant on." }),
        to: queryInstant.optional().meta({ description: "Before this instant." }),
        by: z.enum(USAGE_KEYS).default("day"),
      }),
      body: null,
      answer: usageSums,
      async handle({ query, organizationId, ports }): Promise<Reply<UsageSums>> {
        const sums = await ports.store.usage({ ...query, organizationId });
        return { body: { by: query.by, sums, isComplete: sums.length < USAGE_ROWS } };
      },
    }),
  ];
}
