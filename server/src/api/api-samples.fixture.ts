import { LIMITS } from "@smooth-agent/protocol/codes";
import type { ApiWorld } from "./api-world.fixture.js";

/** What is wrong with a value, and what it is told. */
export type Bad = [what: string, value: unknown, complaint: string];

/** How the tests call a route; every route of the table has one. */
export interface Sample {
  /** The parameters of its path, as they are for something that is there. */
  params?: (world: ApiWorld) => Record<string, string>;
  query?: (world: ApiWorld) => Record<string, string>;
  body?: unknown;
  /** What it answers to an admin; 200 when absent. */
  status?: number;
  /** The body of a curator, where an admin's has fields that are not for curators. */
  curatorBody?: unknown;
  /** Bad values of each field of its query and its body. */
  badQuery?: Record<string, Bad[]>;
  badBody?: Record<string, Bad[]>;
}

const conversation = ({ conversationId }: ApiWorld) => ({ conversationId });
const agent = ({ agentId }: ApiWorld) => ({ agentId });
const visitor = () => ({ userId: "ada-17" });

const HOSTILE = { ["constructor"]: { isAdmin: true }, toString: 1 };
const UNSTORABLE = "must be well-formed text without NUL characters";

const id: Bad[] = [
  ["blank", " ", "must not be blank"],
  ["empty", "", "must not be blank"],
  ["too long", "x".repeat(257), "must be at most 256 characters"],
  ["a control character", "a\u0001", "must be well-formed text without control characters"],
];
const limit: Bad[] = ["", "0", "-1", "101", "1.5", "1e1", "0x10", " 5", "many", "99999999999"].map(
  (value) => [value, value, "must be a whole number from 1 to 100"],
);
const cursor: Bad[] = [
  ...id,
  ["made up", "bm9wZQ", "must be the nextCursor of an earlier page"],
  ["a quote", "' OR 1=1 --", "must be the nextCursor of an earlier page"],
];
const instant: Bad[] = [
  ...[
    "",
    "now",
    "2026-01-01",
    "1700000000000",
    "2026-13-01T00:00:00Z",
    "+010000-01-01T00:00:00Z",
  ].map((value): Bad => [value, value, "must be an instant such as 2026-01-31T12:00:00Z"]),
  ["year 0", "0000-01-01T00:00:00Z", "must not be before 1970"],
];
const choice = (...names: string[]): Bad[] =>
  ["", "no", "__proto__", "constructor"].map((value) => [
    value,
    value,
    `must be ${names.join(" or ")}`,
  ]);
const flag = choice().map(([what, value]): Bad => [what, value, "must be true or false"]);
const wrong = (complaint: string, values: Record<string, unknown>): Bad[] =>
  Object.entries(values).map(([what, value]) => [what, value, complaint]);
const text = (most: number): Bad[] => [
  ...wrong("must be a string", { number: 7, true: true, array: ["x"], object: HOSTILE }),
  ["blank", " \t\n", "must not be blank"],
  ["empty", "", "must not be blank"],
  ["too long", "x".repeat(most + 1), `must be at most ${most} characters`],
  ["NUL", "a\0b", UNSTORABLE],
  ["half a character", "a\ud800", UNSTORABLE],
];
const object: Bad[] = wrong("must be an object", {
  string: "{}",
  number: 7,
  array: [],
  true: true,
});
const array: Bad[] = wrong("must be an array", { string: "[]", number: 7, object: {}, true: true });

const line = (most: number): Bad[] => [
  ...id.filter(([what]) => what !== "too long"),
  ["too long", "x".repeat(most + 1), `must be at most ${most} characters`],
];
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const pushed: Sample = {
  body: { name: "order-shipped", data: { orderId: 7 } },
  status: 202,
  badBody: {
    name: line(100),
    data: [
      ["too deep", nested(13), "must be nested at most 12 levels deep"],
      ["too much", "é".repeat(4_096), "must be at most 8 KiB of JSON"],
    ],
  },
};

/** By the names of their routes. */
export const samples: Record<string, Sample> = {
  getDescription: {},
  // A cursor of agents is a place among their ids: any id is one.
  listAgents: { badQuery: { limit, cursor: id } },
  getAgent: { params: agent },
  putAgent: {
    params: agent,
    body: { behaviour: { name: "Changed" }, secrets: ["another"] },
    curatorBody: { behaviour: { name: "Changed" } },
    badBody: { behaviour: object, policy: object, secrets: array },
  },
  deleteAgent: { params: agent, status: 204 },
  getOrganization: {},
  patchOrganization: {
    body: { persona: "Like a sailor.", budgetUsd: 5 },
    curatorBody: { persona: "Like a sailor." },
    badBody: {
      persona: text(8_000),
      budgetUsd: [
        ...wrong("must be a number", { string: "5", true: true, array: [5], object: HOSTILE }),
        ["negative", -0.01, "must be at least 0"],
        ["huge", 1e300, "must be at most 1000000000"],
      ],
    },
  },
  listConversations: {
    query: () => ({ agentId: "shop", visitor: "ada-17", limit: "5" }),
    badQuery: {
      agentId: id,
      visitor: id,
      handOff: choice("requested", "waiting", "active", "any", "none"),
      needsEscalation: flag,
      since: instant,
      until: instant,
      limit,
      cursor,
    },
  },
  getConversation: { params: conversation },
  listMessages: { params: conversation, badQuery: { limit, cursor } },
  patchConversation: {
    params: conversation,
    body: { title: "The kettle" },
    badBody: { title: [["null", null, "must be a string"], ...text(60)] },
  },
  listApprovals: {
    query: ({ conversationId }) => ({ state: "decided", conversationId }),
    badQuery: { state: choice("pending", "decided"), conversationId: id, limit, cursor },
  },
  decideApproval: {
    params: ({ waitingCallId }) => ({ toolCallId: waitingCallId }),
    body: { approved: true, reason: "Kettles break." },
    badBody: {
      approved: wrong("must be true or false", { string: "true", number: 1, null: null }),
      reason: text(1_000),
      arguments: object,
    },
  },
  listFeedback: {
    query: () => ({ agentId: "shop", rating: "down", hasComment: "true" }),
    badQuery: {
      agentId: id,
      conversationId: id,
      rating: choice("up", "down"),
      hasComment: flag,
      since: instant,
      until: instant,
      limit,
      cursor,
    },
  },
  getUsage: {
    query: () => ({ by: "visitor", from: "2020-01-01T00:00:00Z" }),
    badQuery: {
      from: instant,
      to: instant,
      by: choice("day", "agent", "visitor", "conversation", "model"),
    },
  },
  listVisitorSessions: { params: visitor, badQuery: { limit, cursor } },
  revokeVisitor: { params: visitor },
  endSession: { params: ({ sessionId }) => ({ sessionId }), status: 204 },
  endAllSessions: {},
  exportVisitor: { params: visitor },
  deleteVisitor: { params: visitor },
  deleteConversation: { params: conversation, status: 204 },
  sweepRetention: {},
  addMessage: {
    params: conversation,
    body: { text: "Hello.", from: { id: "7", name: "Ana" } },
    status: 201,
    badBody: { text: text(LIMITS.messageCharacters), from: object, key: id },
  },
  setHandOff: {
    params: conversation,
    body: { state: "active", name: "Ana" },
    badBody: {
      state: choice("requested", "waiting", "active"),
      name: line(200),
      reason: text(500),
    },
  },
  pushToConversation: { ...pushed, params: conversation },
  pushToSession: { ...pushed, params: ({ sessionId }) => ({ sessionId }) },
};
