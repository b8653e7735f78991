import { z } from "zod";
import { openApi } from "./openapi.js";
import { route, type Route } from "./route.js";
import { agentRoutes } from "./routes/agents.js";
import { approvalRoutes } from "./routes/approvals.js";
import { conversationRoutes } from "./routes/conversations.js";
import { feedbackRoutes } from "./routes/feedback.js";
import { organizationRoutes } from "./routes/organization.js";
import { sessionRoutes } from "./routes/sessions.js";
import { usageRoutes } from "./routes/usage.js";
import { visitorRoutes } from "./routes/visitors.js";
import { handOffRoutes } from "./routes/hand-offs.js";
import { hostEventRoutes } from "./routes/host-events.js";
import { personMessageRoutes } from "./routes/person-messages.js";

/**
 * Every route of the host API: the router, the OpenAPI description and the tests are made from it. A
 * file of `routes/` exports the routes of one noun, and they are added here.
 *
 * @param path where the API is mounted, for its description
 */
export function routeTable(path: string): Route[] {
  const routes: Route[] = [
    description(() => openApi(routes, path)),
    ...agentRoutes(),
    ...organizationRoutes(),
    ...conversationRoutes(),
    ...approvalRoutes(),
    ...feedbackRoutes(),
    ...usageRoutes(),
    ...sessionRoutes(),
    ...visitorRoutes(),
    ...personMessageRoutes(),
    ...handOffRoutes(),
    ...hostEventRoutes(),
  ];
  return routes;
}

function description(describe: () => Record<string, unknown>): Route {
  let described: Record<string, unknown> | undefined;
  return route({
    name: "getDescription",
    method: "get",
    path: "/openapi.json",
    summary: "This description.",
    roles: null,
    params: null,
    query: null,
    body: null,
    answer: z.record(z.string(), z.unknown()),
    handle: async () => ({ body: (described ??= describe()) }),
  });
}
