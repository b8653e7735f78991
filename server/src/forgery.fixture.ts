import { expect } from "vitest";
import { at, textAt, type CoreClient } from "./core-client.fixture.js";
import { calls, says, type WrittenCall } from "./model-answers.fixture.js";
import {
  openSession,
  resumed,
  runningServer,
  UNHURRIED,
  type Opened,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { defineTool } from "./tools/tool.js";

/** What the model asks to run, and what the visitor is shown. */
export const ARGUMENTS = { orderId: "1234", amount: 50, note: "broken" };
export const REFUND: WrittenCall = { name: "issue_refund", arguments: ARGUMENTS };
export const NO_ID = "00000000-0000-4000-8000-000000000000";

/** A server whose tools note each run. */
export interface ForgeryWorld {
  server: RunningServer;
  /** Every run of a tool that writes, with its arguments. */
  ran: unknown[];
}

/** A session whose conversation waits for a verdict. */
export interface Stand extends Opened {
  toolCallId: string;
  /** The frame that asked, as it came. */
  question: string;
}

/** @param read what the tool that only reads finds */
export async function forgeryWorld({
  read = "found",
  ...options
}: RunningServerOptions & { read?: string } = {}): Promise<ForgeryWorld> {
  const ran: unknown[] = [];
  const execute = (args: unknown) => {
    ran.push(args);
    return "done";
  };
  const refund = defineTool({
    name: "issue_refund",
    description: "Pays.",
    parameters: {
      type: "object",
      properties: {
        orderId: { type: "string" },
        amount: { type: "number", exclusiveMinimum: 0, maximum: 100, multipleOf: 0.01 },
        note: { type: "string" },
      },
      required: ["orderId", "amount"],
      additionalProperties: false,
    },
    confirm: true,
    editable: ["amount"],
    remember: "conversation",
    covers: (args, approved) =>
      args["orderId"] === approved["orderId"] &&
      Number(args["amount"]) <= Number(approved["amount"]),
    execute,
  });
  const close = defineTool({
    name: "close_account",
    description: "Closes the account.",
    confirm: true,
    risk: "high",
    stepUp: true,
    execute,
  });
  const payOut = defineTool({
    name: "pay_out",
    description: "Pays out of the till.",
    confirm: true,
    approver: "team",
    execute,
  });
  const lookup = defineTool({ name: "lookup", description: "Reads.", execute: () => read });
  const server = await runningServer({
    tools: [refund, close, payOut, lookup],
    limits: { ...UNHURRIED, framesPerSecond: 1e6 },
    ...options,
  });
  return { server, ran };
}

/** Opens a conversation, and has its agent ask for the refund. */
export async function stand(
  { server }: ForgeryWorld,
  fields: Record<string, unknown> = {},
  written: WrittenCall[] = [REFUND],
): Promise<Stand> {
  const opened = await openSession(server, fields);
  server.model.script(calls(...written));
  return { ...opened, ...(await asked(opened)) };
}

/** Says something, and reads up to the question that it leads to. */
export async function asked(
  { client, sessionId }: Pick<Opened, "client" | "sessionId">,
  requestId = "r",
  message = "Refund the kettle, please.",
): Promise<Pick<Stand, "toolCallId" | "question">> {
  client.send({ action: "send_message", requestId, sessionId, message });
  const frames = await client.until("write_confirmation_required");
  const question = frames.at(-1)!;
  await client.next();
  return { toolCallId: textAt(question, "data.data.toolCallId"), question: question.text };
}

/** The frame by which the visitor approves what stands there. */
export function approval(
  { sessionId, toolCallId }: Pick<Stand, "sessionId" | "toolCallId">,
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  const action = "confirm_tool_action";
  return { action, requestId: "v", sessionId, approved: true, toolCallId, ...fields };
}

/** The tables that say what runs. */
const OF_TURNS = ["Decision", "Grant", "Message", "ToolCall", "Turn", "TurnStep"];

/**
 * Does what must do nothing: no tool runs, no model is asked, no row changes, the visitor hears nothing and
 * is shown the same bytes as before; then the visitor's own approval runs what was shown, once.
 *
 * @param opensSessions when the attempt opens sessions of its own: only what says what runs is compared
 * @param approve fields of that own approval; null when it is not the visitor's to give
 */
export async function expectNothing(
  { server, ran }: ForgeryWorld,
  victim: Stand,
  attempt: () => Promise<unknown>,
  {
    opensSessions = false,
    approve = {},
  }: { opensSessions?: boolean; approve?: object | null } = {},
): Promise<void> {
  const rows = () =>
    [...databaseContents(server.file)]
      .filter(([table]) => !opensSessions || OF_TURNS.includes(table))
      // When somebody was last heard of is all that an attempt may leave.
      .map(([table, contents]) => [table, contents.map((row) => ({ ...row, lastSeenAt: 0 }))]);
  const state = async () => ({
    shown: await shown(server, victim),
    ran: structuredClone(ran),
    models: server.model.requests.length,
  });
  const before = await state();
  const { client: tab } = await resumed(server, victim, { supports: ["live"] });
  const rowsBefore = rows();
  await attempt();
  expect(rows()).toEqual(rowsBefore);
  await tab.quiet(victim.sessionId);
  await tab.close();
  expect(await state()).toEqual(before);
  const { pending } = JSON.parse(before.shown) as { pending: unknown };
  expect(pending).toEqual((JSON.parse(victim.question) as Question).data.data);

  await victim.client.quiet(victim.sessionId);
  if (approve === null) return;
  server.model.script(says("Done."));
  const ack = await victim.client.ask(approval(victim, { ...approve }));
  expect(at(ack, "message")).toBe("Tool action approved");
  await victim.client.rest();
  expect(ran).toEqual([...before.ran, (pending as { arguments: unknown }).arguments]);
}

interface Question {
  data: { data: unknown };
}

/** What somebody who takes the conversation up is shown of its turn, to the byte. */
async function shown(server: RunningServer, victim: Opened): Promise<string> {
  const { client, answer } = await resumed(server, victim);
  await client.close();
  return JSON.stringify(at(answer, "data.activeTurn"));
}

/** Asks and gives the code of the refusal; anything else as it came. */
export async function refusalOf(client: CoreClient, frame: unknown): Promise<unknown> {
  client.send(frame);
  const answer = await client.next();
  return at(answer, "error.code") ?? answer.text;
}
