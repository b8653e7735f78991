import { hostPushed } from "@smooth-agent/protocol";
import { z } from "zod";
import { depthOf } from "../../tools/json-depth.js";
import { notFound } from "../api-error.js";
import { eventName, identifier } from "../field.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";
import { conversationOf } from "./conversations.js";

/** The host's own word to its pages. */
export function hostEventRoutes(): Route[] {
  return [pushToConversation, pushToSession];
}

/** Bytes of an event's data as JSON, and levels of nesting in it. */
const DATA_BYTES = 8 * 1024;
const DATA_DEPTH = 12;

const body = z.strictObject({
  name: eventName,
  data: z
    .unknown()
    .superRefine((data, context) => {
      // The body's own depth was limited before, so that this does not overflow.
      const json = JSON.stringify(data ?? null);
      if (depthOf(json) > DATA_DEPTH) {
        context.addIssue(`must be nested at most ${DATA_DEPTH} levels deep`);
      } else if (Buffer.byteLength(json) > DATA_BYTES) {
        context.addIssue("must be at most 8 KiB of JSON");
      }
    })
    .optional()
    .meta({ description: "Any JSON, at most 8 KiB; null when absent." }),
});

const description =
  "The element on the page fires it as `smooth-agent-host-event`, with `name` and `data`. Nothing is " +
  "stored: a page that is not connected does not get it.";

const accepted = z.object({ accepted: z.literal(true) });
type Accepted = z.infer<typeof accepted>;

const pushToConversation = route({
  name: "pushToConversation",
  method: "post",
  path: "/conversations/{conversationId}/events",
  summary: "Tells every page that shows a conversation.",
  description,
  roles: CURATOR,
  params: z.strictObject({ conversationId: identifier }),
  query: null,
  body,
  answer: accepted,
  status: 202,
  async handle({ params, body, organizationId, ports }): Promise<Reply<Accepted>> {
    const { backplane, now } = ports;
    const { conversationId } = params;
    await conversationOf(ports, organizationId, conversationId);
    const event = hostPushed(body.name, body.data ?? null, now());
    backplane.publish(conversationId, { event });
    return { body: { accepted: true } };
  },
});

const pushToSession = route({
  name: "pushToSession",
  method: "post",
  path: "/sessions/{sessionId}/events",
  summary: "Tells the page that holds a session.",
  description,
  roles: CURATOR,
  params: z.strictObject({ sessionId: identifier }),
  query: null,
  body,
  answer: accepted,
  status: 202,
  async handle({ params, body, organizationId, ports }): Promise<Reply<Accepted>> {
    const { store, backplane, now } = ports;
    const { sessionId } = params;
    const session = await store.session(sessionId);
    if (session?.organizationId !== organizationId || session.status !== "active") throw notFound();
    const event = hostPushed(body.name, body.data ?? null, now());
    backplane.publish(session.conversationId, { event, sessionId });
    return { body: { accepted: true } };
  },
});
