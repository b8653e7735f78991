import { z } from "zod";
import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { rowsIn } from "./store/database-file.fixture.js";
import {
  openSession,
  runningServer,
  type Opened,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { defineTool, type ToolDefinition } from "./tools/tool.js";

/** A shop whose refunds are asked for first, and what it paid. */
export interface Till {
  server: RunningServer;
  session: Opened;
  /** The arguments of each refund that ran, in order. */
  refunds: unknown[];
}

const refund = z.object({
  orderId: z.string(),
  amount: z.number().positive().max(100),
  note: z.string().trim().default("none"),
});

export type Refund = z.output<typeof refund>;
export const ORDER = { orderId: "1234", amount: 50 };
/** As it is asked for, with the schema's default. */
export const SHOWN = { ...ORDER, note: "none" };

export type RefundChanges = Partial<Omit<ToolDefinition<Refund>, "parameters">> & {
  parameters?: z.ZodType<Refund>;
};

/** A refund whose amount and note may be corrected. */
export function refundTool(
  refunds: unknown[],
  { parameters = refund, ...over }: RefundChanges = {},
): ToolDefinition {
  return defineTool({
    name: "issue_refund",
    title: "Issue a refund",
    description: "Pays money back.",
    parameters,
    editable: ["amount", "note"],
    confirm: ({ orderId, amount }) =>
      amount === 13
        ? { refuse: "Thirteen dollars are never paid." }
        : {
            title: "Refund",
            summary: `Refund $${amount.toFixed(2)} on order ${orderId}`,
            fields: [
              { label: "Order", value: orderId },
              { label: "Amount", value: `$${amount.toFixed(2)}` },
            ],
          },
    execute: (args) => {
      refunds.push(args);
      return "refunded";
    },
    ...over,
  });
}

export async function till(
  over: RefundChanges = {},
  options: RunningServerOptions = {},
  fields: Record<string, unknown> = { supports: ["live"] },
): Promise<Till> {
  const refunds: unknown[] = [];
  const server = await runningServer({ tools: [refundTool(refunds, over)], ...options });
  return { server, refunds, session: await openSession(server, fields) };
}

/** Has the model ask for a refund, and say something once it is settled. */
export function scriptRefund(
  server: Pick<RunningServer, "model">,
  over: Partial<Refund> = {},
  last = "Done.",
): void {
  server.model.script(
    calls({ name: "issue_refund", id: "call_1", arguments: { ...ORDER, ...over } }),
    says(last),
  );
}

export const send = (sessionId: string, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "refund 1234",
});

export const confirm = (sessionId: string, requestId: string, more = {}) => ({
  action: "confirm_tool_action",
  requestId,
  sessionId,
  approved: true,
  ...more,
});

/** Sends a message and reads up to the question and its toolCall chunk; the call that is asked about. */
export async function asked(
  { client, sessionId }: { client: CoreClient; sessionId: string },
  requestId = "r",
): Promise<{ question: Frame; toolCallId: string }> {
  client.send(send(sessionId, requestId));
  const question = (await client.until("write_confirmation_required")).at(-1);
  if (!question) throw new Error("nothing was asked");
  await client.next();
  return { question, toolCallId: textAt(question, "data.data.toolCallId") };
}

export const refusalOf = (frame: Frame) =>
  `${textAt(frame, "error.code")}: ${textAt(frame, "error.message")}`;
export const resultText = (frame: Frame) => at(frame, "data.state.rawResponse.toolResult.result");

/** What the database keeps of tool calls, decisions and grants. */
export function kept({ file }: Pick<RunningServer, "file">): Record<string, unknown[]> {
  const tables = ["ToolCall", "Decision", "Grant", "Turn"];
  return Object.fromEntries(
    tables.map((table) => [table, rowsIn(file, `SELECT * FROM "${table}"`)]),
  );
}
