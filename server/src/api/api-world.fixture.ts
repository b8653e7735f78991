import { signAuthContext } from "../auth/auth-context.js";
import { textAt } from "../core-client.fixture.js";
import { calls, says } from "../model-answers.fixture.js";
import {
  openSession,
  runningServer,
  SHOP,
  type RunningServer,
  type RunningServerOptions,
} from "../running-server.fixture.js";
import { defineTool } from "../tools/tool.js";
import { ApiClient, PRINCIPAL_SECRET } from "./api-client.fixture.js";

export const AGENT_SECRET = "a secret that signs for acme's visitors";
export const STORED_SECRET = "a secret in the row of acme's own agent";

/** A server with two organizations; everything there is belongs to the first one, acme. */
export interface ApiWorld {
  server: RunningServer;
  admin: ApiClient;
  curator: ApiClient;
  /** An admin of globex, which has nothing. */
  stranger: ApiClient;
  /** Of Ada, with one answer, a decided question and one that waits. */
  conversationId: string;
  sessionId: string;
  sessionToken: string;
  /** The call that waits for the team, and the one that its visitor approved. */
  waitingCallId: string;
  decidedCallId: string;
  /** The answer, which Ada did not like. */
  messageId: string;
  /** An agent in the database. */
  agentId: string;
}

/** Ids and words of acme that no answer to anybody else may have. */
export function wordsOf({ conversationId, sessionId, waitingCallId, agentId }: ApiWorld): string[] {
  return [conversationId, sessionId, waitingCallId, agentId, "Ada", "kettle", "shop.example"];
}

const refund = defineTool({
  name: "issue_refund",
  description: "Pays.",
  confirm: ({ orderId }) => ({ title: "Refund", summary: `Refund the kettle ${String(orderId)}` }),
  execute: () => "paid for the kettle",
});

/** One that the team approves. */
const largeRefund = defineTool({ ...refund, name: "issue_large_refund", approver: "team" });

/** Settings of a server with the agents of acme. */
export function apiSettings(over: RunningServerOptions = {}): RunningServerOptions {
  return {
    agents: {
      shop: {
        name: "Mira",
        allowedOrigins: [SHOP],
        secret: AGENT_SECRET,
        organizationId: "acme",
        instructions: "Sell kettles.",
      },
      elsewhere: { allowedOrigins: [SHOP], secret: AGENT_SECRET, organizationId: "initech" },
    },
    tools: [refund, largeRefund],
    principals: { secret: PRINCIPAL_SECRET },
    retentionDays: 3_650,
    ...over,
  };
}

export async function apiWorld(over: RunningServerOptions = {}): Promise<ApiWorld> {
  const server = await runningServer(apiSettings({ policies: "database", ...over }));
  const [admin, curator, stranger] = await Promise.all([
    ApiClient.of(server, "acme"),
    ApiClient.of(server, "acme", "curator"),
    ApiClient.of(server, "globex"),
  ]);
  const agentId = "stored";
  await admin.put(`/agents/${agentId}`, {
    behaviour: { name: "Stored", instructions: "Sell kettles." },
    policy: { allowedOrigins: [SHOP] },
    secrets: [STORED_SECRET],
  });
  const admitted = { policy: { allowedOrigins: [SHOP] }, secrets: [AGENT_SECRET] };
  await admin.put("/agents/shop", admitted);
  await (await ApiClient.of(server, "initech")).put("/agents/elsewhere", admitted);
  const authContext = signAuthContext({ userId: "ada-17", secret: AGENT_SECRET });
  const opened = await openSession(server, { authContext, userName: "Ada" });
  const { client, sessionId, sessionToken, conversationId } = opened;
  const ask = async (requestId: string, name: string): Promise<string> => {
    server.model.script(calls({ name, arguments: { orderId: requestId } }));
    const send = { action: "send_message", requestId, sessionId, message: "A broken kettle" };
    client.send(send);
    const question = (await client.until("write_confirmation_required")).at(-1);
    if (!question) throw new Error("no question came");
    await client.next();
    return textAt(question, "data.data.toolCallId");
  };
  const decidedCallId = await ask("first", refund.name);
  server.model.script(says("Done with the kettle."));
  const verdict = { action: "confirm_tool_action", requestId: "v", sessionId, approved: true };
  await client.ask({ ...verdict, toolCallId: decidedCallId });
  const answer = (await client.rest()).at(-1);
  const messageId = answer ? textAt(answer, "data.data.messageId") : "";
  const rated = { action: "send_feedback", sessionId, messageId, rating: "down" };
  await client.ask({ ...rated, comment: "I wanted a kettle." });
  const waitingCallId = await ask("second", largeRefund.name);
  return {
    ...{ server, admin, curator, stranger, agentId },
    ...{ conversationId, sessionId, sessionToken, waitingCallId, decidedCallId, messageId },
  };
}
