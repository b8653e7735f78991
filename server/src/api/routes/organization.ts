import { z } from "zod";
import type { OrganizationRecord } from "../../store/store.js";
import { forbidden } from "../api-error.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";

const organizationView = z.object({
  organizationId: z.string(),
  persona: z
    .string()
    .nullable()
    .meta({ description: "What every agent of it is told to be like; null for the host's own." }),
  budgetUsd: z
    .number()
    .nullable()
    .meta({ description: "US dollars in the budget's days; null for the configured budget." }),
});
type OrganizationView = z.infer<typeof organizationView>;

const organizationChange = z.strictObject({
  persona: z
    .string()
    .max(8_000, { error: "must be at most 8000 characters" })
    .regex(/\S/u, { error: "must not be blank" })
    .nullable()
    .optional(),
  budgetUsd: z
    .number()
    .min(0, { error: "must be at least 0" })
    .max(1_000_000_000, { error: "must be at most 1000000000" })
    .nullable()
    .optional(),
});

/** What the principal's organization has of its own. */
export function organizationRoutes(): Route[] {
  return [
    route({
      name: "getOrganization",
      method: "get",
      path: "/organization",
      summary: "What the organization has of its own.",
      roles: CURATOR,
      params: null,
      query: null,
      body: null,
      answer: organizationView,
      async handle({ organizationId: id, ports }): Promise<Reply<OrganizationView>> {
        const own = await ports.store.organization(id);
        return { body: viewOf(own ?? { id, persona: null, budgetUsd: null }) };
      },
    }),
    route({
      name: "patchOrganization",
      method: "patch",
      path: "/organization",
      summary: "Changes what the organization has of its own.",
      description:
        "What is absent stays as it is, and null takes it away. `budgetUsd` is for admins.",
      roles: CURATOR,
      params: null,
      query: null,
      body: organizationChange,
      answer: organizationView,
      async handle({ body, role, organizationId: id, ports }): Promise<Reply<OrganizationView>> {
        if (role !== "admin" && body.budgetUsd !== undefined) {
          throw forbidden("Your role does not allow this: budgetUsd is for admins.");
        }
        return { body: viewOf(await ports.store.saveOrganization({ ...body, id })) };
      },
    }),
  ];
}

function viewOf({ id, persona, budgetUsd }: OrganizationRecord): OrganizationView {
  return { organizationId: id, persona, budgetUsd };
}
