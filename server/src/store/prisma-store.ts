import { agentTable } from "./agent-table.js";
import { conversationTable } from "./conversation-table.js";
import { approvalTable } from "./approval-table.js";
import { clientCallTable } from "./client-call-table.js";
import type { Database } from "./database.js";
import { decisionTable } from "./decision-table.js";
import { feedbackTable } from "./feedback-table.js";
import { grantTable } from "./grant-table.js";
import { hostConversationTable } from "./host-conversation-table.js";
import { handOffTable } from "./hand-off-table.js";
import { interactionTable } from "./interaction-table.js";
import { messageTable } from "./message-table.js";
import { organizationTable } from "./organization-table.js";
import { otpTable } from "./otp-table.js";
import { outcomeTable } from "./outcome-table.js";
import type { Leases } from "./process-table.js";
import { sessionEndTable } from "./session-end-table.js";
import { sessionTable } from "./session-table.js";
import type { Store } from "./store.js";
import { titleTable } from "./title-table.js";
import { toolCallTable } from "./tool-call-table.js";
import { turnTable } from "./turn-table.js";
import { usageTable } from "./usage-table.js";
import { workflowTable } from "./workflow-table.js";
import { visitorTable } from "./visitor-table.js";

/** A store on a Prisma database, opened, closed and leased as its provider does it. */
export function prismaStore(
  database: Database,
  { reap, ...leases }: Leases,
  lifetime: Pick<Store, "open" | "close">,
): Store {
  return {
    ...lifetime,
    ...leases,
    ...agentTable(database),
    ...approvalTable(database),
    ...hostConversationTable(database),
    ...sessionTable(database),
    ...conversationTable(database),
    ...sessionEndTable(database),
    ...messageTable(database),
    ...otpTable(database),
    ...outcomeTable(database),
    ...handOffTable(database),
    ...turnTable(database, { reap }),
    ...titleTable(database),
    ...toolCallTable(database),
    ...clientCallTable(database),
    ...decisionTable(database),
    ...feedbackTable(database),
    ...grantTable(database),
    ...interactionTable(database),
    ...usageTable(database),
    ...workflowTable(database),
    ...organizationTable(database),
    ...visitorTable(database),
    ping: () =>
      database.run(async (tables) => {
        await tables.$queryRaw`SELECT 1`;
      }),
  };
}
