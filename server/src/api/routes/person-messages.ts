import { LIMITS, message, messageAdded, type Message } from "@smooth-agent/protocol";
import { z } from "zod";
import { pastWireMessage } from "../../actions/wire-message.js";
import { ApiError, notFound } from "../api-error.js";
import { identifier, personName } from "../field.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";

/** What people of the host's say in a conversation. */
export function personMessageRoutes(): Route[] {
  return [addMessage];
}

const text = z
  .string()
  .regex(/\S/u, { error: "must not be blank" })
  .refine((value) => Array.from(value).length <= LIMITS.messageCharacters, {
    error: `must be at most ${LIMITS.messageCharacters} characters`,
  });

const from = z.strictObject({
  id: identifier.optional().meta({
    description: "Your own id of the person: they are one participant, also when renamed.",
  }),
  name: personName,
});

const addedMessage = z.object({ message });

const addMessage = route({
  name: "addMessage",
  method: "post",
  path: "/conversations/{conversationId}/messages",
  summary: "Says something to the visitor in a person's name.",
  description:
    "Possible at any time: while the agent answers, while a question waits, while a person has taken " +
    "over. The visitor is shown it at once, and the agent is told of it in its later turns. It does not " +
    "silence the agent: a hand-off does.",
  roles: CURATOR,
  params: z.strictObject({ conversationId: identifier }),
  query: null,
  body: z.strictObject({
    text,
    from,
    key: identifier.optional().meta({
      description: "Your own: the same one adds no second message. Send it to try again.",
    }),
  }),
  answer: addedMessage,
  isMaking: true,
  errors: ["CONFLICT"],
  async handle({ params, body, organizationId, ports }): Promise<Reply<{ message: Message }>> {
    const { store, backplane, now } = ports;
    const { conversationId } = params;
    const { id = null, name } = body.from;
    const { text, key } = body;
    const input = { conversationId, organizationId, text, key, from: { id, name } };
    const added = await store.addMessage(input);
    if (!added) throw notFound();
    if (added.outcome === "mismatch") {
      throw new ApiError("CONFLICT", "key was used for another message of this conversation.");
    }
    const told = pastWireMessage(added.message);
    if (added.outcome === "duplicate") return { body: { message: told } };
    backplane.publish(conversationId, { event: messageAdded(told, now()) });
    return { status: 201, body: { message: told } };
  },
});
