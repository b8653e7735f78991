import { textAt, type Frame } from "./core-client.fixture.js";
import { calls } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  type Opened,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";

/** What a client that can show every form says. */
export const SHOWS_FORMS = ["identity_form", "choice_chips", "date_time_picker"];

/** Calls of the model that ask by each kind. */
export const ASK_WHO = {
  name: "request_identity_intake",
  arguments: { fields: ["email", { key: "phone", required: false }], reason: "to ship it" },
};
export const ASK_SIZE = {
  name: "request_choices",
  arguments: { questions: [{ question: "Which?", header: "Size", options: ["S", "L"] }] },
};
export const SIZE = { answers: [{ header: "Size", options: ["L"] }] };

export interface FormScene extends Opened {
  server: RunningServer;
}

/** A server with a session whose client shows every form, unless told otherwise. */
export async function formScene(
  fields: Record<string, unknown> = {},
  options: RunningServerOptions = {},
): Promise<FormScene> {
  const server = await runningServer(options);
  return { server, ...(await openSession(server, { supports: SHOWS_FORMS, ...fields })) };
}

export const sendIn = ({ sessionId }: Pick<Opened, "sessionId">, requestId = "r") => ({
  action: "send_message",
  requestId,
  sessionId,
  message: "hi",
});

/** Has the model ask by a form, and reads up to the form and its toolCall chunk. */
export async function parkedOn(
  scene: FormScene,
  call: Parameters<typeof calls>[0],
  requestId = "r",
): Promise<{ form: Frame; chunk: Frame; interactionId: string }> {
  const { server, client } = scene;
  server.model.script(calls(call));
  client.send(sendIn(scene, requestId));
  const form = (await client.until("interaction_required")).at(-1);
  if (!form) throw new Error("no form");
  const chunk = await client.next();
  return { form, chunk, interactionId: textAt(form, "data.data.interactionId") };
}

/** The frame that answers a form. */
export const submit = (
  { sessionId }: Pick<Opened, "sessionId">,
  interactionId: string,
  fields: Record<string, unknown>,
) => ({ action: "submit_interaction", requestId: "s", sessionId, interactionId, ...fields });

/** What the model was told of its last call, when it was asked for the time with this number. */
export async function toldIn(server: RunningServer, request: number): Promise<string> {
  const { body } = await server.model.request(request);
  const messages = body["messages"] as { role: string; content: string }[];
  return String(messages.findLast(({ role }) => role === "tool")?.content);
}
