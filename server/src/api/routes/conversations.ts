import { actionSchemas, message } from "@smooth-agent/protocol";
import { z } from "zod";
import { pastWireMessage } from "../../actions/wire-message.js";
import type { HostConversationDetail } from "../../store/store.js";
import { invalid, notFound } from "../api-error.js";
import {
  conversationDetail,
  conversationDetailOf,
  conversationList,
  conversationViewOf,
  type ConversationDetail,
} from "../conversation-view.js";
import {
  identifier,
  nextCursor,
  pageCursor,
  pageLimit,
  queryFlag,
  queryInstant,
} from "../field.js";
import type { ApiPorts } from "../ports.js";
import { CURATOR, route, type Reply, type Route } from "../route.js";

const params = z.strictObject({ conversationId: identifier });

/** Conversations and what was said in them. */
export function conversationRoutes(): Route[] {
  return [listConversations, getConversation, listMessages, patchConversation];
}

/**
 * One conversation of an organization.
 *
 * @throws {ApiError} NOT_FOUND when it is unknown or another's
 */
export async function conversationOf(
  { store }: Pick<ApiPorts, "store">,
  organizationId: string,
  conversationId: string,
): Promise<HostConversationDetail> {
  const conversation = await store.hostConversation(organizationId, conversationId);
  if (!conversation) throw notFound();
  return conversation;
}

const listConversations = route({
  name: "listConversations",
  method: "get",
  path: "/conversations",
  summary: "The organization's conversations, newest activity first.",
  roles: CURATOR,
  params: null,
  query: z.strictObject({
    agentId: identifier.optional(),
    visitor: identifier
      .optional()
      .meta({ description: "The verified user id of the visitor it belongs to." }),
    handOff: z
      .enum(["requested", "waiting", "active", "any", "none"])
      .optional()
      .meta({ description: "How it stands with a hand-off; `any` for each of the first three." }),
    needsEscalation: queryFlag.optional(),
    since: queryInstant.optional().meta({ description: "Last active then or later." }),
    until: queryInstant.optional().meta({ description: "Last active before." }),
    limit: pageLimit,
    cursor: pageCursor,
  }),
  body: null,
  answer: conversationList,
  async handle({ query, organizationId, ports }): Promise<Reply<z.infer<typeof conversationList>>> {
    const { visitor, handOff, ...rest } = query;
    const page = await ports.store.hostConversations({
      ...rest,
      organizationId,
      ownerId: visitor,
      handOff: handOff && HAND_OFFS[handOff],
    });
    if (!page) throw invalid("cursor must be the nextCursor of an earlier page.");
    const conversations = page.conversations.map(conversationViewOf);
    return { body: { conversations, nextCursor: page.nextCursor } };
  },
});

const HAND_OFFS = {
  requested: ["requested"],
  waiting: ["waiting"],
  active: ["active"],
  any: ["requested", "waiting", "active"],
  none: [null],
} as const;

const getConversation = route({
  name: "getConversation",
  method: "get",
  path: "/conversations/{conversationId}",
  summary: "One conversation, with everybody in it and how it stands.",
  roles: CURATOR,
  params,
  query: null,
  body: null,
  answer: conversationDetail,
  async handle({ params, organizationId, ports }): Promise<Reply<ConversationDetail>> {
    const conversation = await conversationOf(ports, organizationId, params.conversationId);
    return { body: conversationDetailOf(conversation) };
  },
});

const messageList = z.object({ messages: z.array(message), nextCursor });

const listMessages = route({
  name: "listMessages",
  method: "get",
  path: "/conversations/{conversationId}/messages",
  summary: "What was said in a conversation, newest first, with how each answer came about.",
  roles: CURATOR,
  params,
  query: z.strictObject({ limit: pageLimit, cursor: pageCursor }),
  body: null,
  answer: messageList,
  async handle(call): Promise<Reply<z.infer<typeof messageList>>> {
    const { params, query, organizationId, ports } = call;
    const { id } = await conversationOf(ports, organizationId, params.conversationId);
    const page = await ports.store.messages({ ...query, conversationId: id, all: true });
    if (!page) throw invalid("cursor must be the nextCursor of an earlier page.");
    const messages = page.messages.map(pastWireMessage);
    return { body: { messages, nextCursor: page.nextCursor } };
  },
});

const patchConversation = route({
  name: "patchConversation",
  method: "patch",
  path: "/conversations/{conversationId}",
  summary: "Gives a conversation its title, which no model replaces.",
  roles: CURATOR,
  params,
  query: null,
  body: z.strictObject({ title: actionSchemas.rename_conversation.shape.title }),
  answer: conversationDetail,
  async handle({ params, body, organizationId, ports }): Promise<Reply<ConversationDetail>> {
    const { conversationId } = params;
    const isNamed = await ports.store.nameConversation(organizationId, conversationId, body.title);
    if (!isNamed) throw notFound();
    const conversation = await conversationOf(ports, organizationId, conversationId);
    return { body: conversationDetailOf(conversation) };
  },
});
