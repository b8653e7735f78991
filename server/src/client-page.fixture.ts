import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import type { ModelRequest } from "./gateway/model-server.fixture.js";
import { calls, says, type WrittenCall } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  type Opened,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";

/** What a page declares. */
export const NAVIGATE = {
  name: "navigate",
  description: "Opens a page of the shop.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};

/** A call of it, as the model writes it. */
export const TO_CART: WrittenCall = { name: "client_navigate", arguments: { path: "/cart" } };

export interface Page extends Opened {
  server: RunningServer;
}

/** A page with a session in which the agent may navigate; sweeps come at once. */
export async function openPage(
  options: RunningServerOptions = {},
  fields: Record<string, unknown> = {},
): Promise<Page> {
  const { limits, ...rest } = options;
  const server = await runningServer({ limits: { sweepMs: 20, ...limits }, ...rest });
  server.model.script(calls(TO_CART), says("Done."));
  return { server, ...(await openSession(server, { clientTools: [NAVIGATE], ...fields })) };
}

/** Asks, so that the model calls the page. */
export function ask({ client, sessionId }: Pick<Page, "client" | "sessionId">, requestId = "r") {
  client.send({ action: "send_message", requestId, sessionId, message: "my cart, please" });
}

/** Asks and waits until the page is called. */
export async function called(page: Page): Promise<Frame> {
  ask(page);
  return callIn(page.client);
}

export async function callIn(client: CoreClient): Promise<Frame> {
  return (await client.until("client_tool_call")).at(-1) as Frame;
}

export const callId = (frame: Frame) => textAt(frame, "data.toolCallId");

/** What a page says came of its call. */
export function submission(
  sessionId: string,
  toolCallId: string,
  over: Record<string, unknown> = {},
) {
  const action = { action: "submit_tool_result", requestId: "s", sessionId, toolCallId };
  return { ...action, result: "opened", ...over };
}

/** What a request offers the model under the names of a page's tools. */
export function offered(
  request: ModelRequest | undefined,
): { name: string; description: string }[] {
  const tools = (request?.body["tools"] ?? []) as {
    function: { name: string; description: string };
  }[];
  return tools.map((tool) => tool.function).filter(({ name }) => name.startsWith("client_"));
}

/** What the model was told last of a call. */
export function told({ model }: Pick<RunningServer, "model">): string {
  const messages = model.requests.at(-1)?.body["messages"] as { role: string; content: string }[];
  return String(messages.findLast(({ role }) => role === "tool")?.content);
}

/** The call as history shows it. */
export async function storedCall(
  client: CoreClient,
  sessionId: string,
): Promise<Record<string, unknown>> {
  const history = { action: "get_conversation_messages", requestId: "h", include: ["turns"] };
  const page = await client.ask({ ...history, sessionId });
  return at(page, "data.messages.0.toolCalls.0") as Record<string, unknown>;
}
