import { actionSchemas, type ActionName } from "@smooth-agent/protocol";
import { describe, expect, it } from "vitest";
import { openSession, runningServer, type Opened } from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";

// Every field of every action, each with every kind of bad value: the exact answer, an open socket, and
// not one row that was written or changed.

type BadValue = [what: string, value: unknown, complaint: string];

const MISSING = Symbol("missing");
const UNSTORABLE = "must be well-formed text without NUL characters";
const HOSTILE = { ["__proto__"]: { isAdmin: true }, toString: 1 };
const deep = JSON.parse(`${"[".repeat(12)}${"]".repeat(12)}`) as unknown;

const wrongTypes = (values: Record<string, unknown>, complaint: string): BadValue[] =>
  Object.entries(values).map(([what, value]) => [what, value, complaint]);
const missing: BadValue = ["missing", MISSING, "is required"];

const text = (limit?: number): BadValue[] => [
  ...wrongTypes(
    { null: null, number: 7, array: ["x"], object: HOSTILE, deep, true: true },
    "must be a string",
  ),
  ["NUL", "a\0b", UNSTORABLE],
  ["half a character", "a\ud800", UNSTORABLE],
  ...(limit === undefined ? [] : [tooLong(limit)]),
];
const filled = (limit: number): BadValue[] => [
  ...text(limit),
  ["empty", "", "must not be blank"],
  ["blank", " \t\n ", "must not be blank"],
];
const identifier = filled(256);
const required = (values: BadValue[]): BadValue[] => [missing, ...values];
const flag = wrongTypes(
  { null: null, number: 1, string: "true", object: HOSTILE, array: [] },
  "must be a boolean",
);
const object = wrongTypes(
  { null: null, string: "{}", number: 7, array: [], true: true },
  "must be an object",
);
const storedObject: BadValue[] = [
  ...object,
  ["NUL inside", { a: [{ b: "\0" }] }, "must hold only well-formed text without NUL characters"],
  ["half a key", { "\udc00": 1 }, "must hold only well-formed text without NUL characters"],
];
const names = (most: number): BadValue[] => [
  ...wrongTypes(
    { null: null, string: "live", number: 7, object: HOSTILE },
    "must be an array of strings",
  ),
  ["too many", Array.from({ length: most + 1 }, () => "x"), `must have at most ${most} entries`],
];
const pageLimit: BadValue[] = [
  ...wrongTypes(
    { null: null, string: "5", fraction: 1.5, huge: 1e300, array: [5], object: HOSTILE },
    "must be an integer from 1 to 100",
  ),
  ["zero", 0, "must be at least 1"],
  ["negative", -1, "must be at least 1"],
  ["too many", 101, "must be at most 100"],
];

const clientTools: BadValue[] = wrongTypes(
  { null: null, string: "x", number: 7, object: HOSTILE },
  "must be an array of tools",
);

const tooDeep = JSON.parse(`${"[".repeat(9)}${"]".repeat(9)}`) as unknown;
const context: BadValue[] = [
  ...wrongTypes({ number: 7, true: true }, "must be an object, an array or a string"),
  ["too deep", { page: tooDeep }, "must have at most 8 levels"],
  ["too big", { page: "é".repeat(2_048) }, "must take at most 4096 bytes"],
  ["NUL inside", { a: [{ b: "\0" }] }, "must hold only well-formed text without NUL characters"],
  ["half a key", { "\udc00": 1 }, "must hold only well-formed text without NUL characters"],
];
const noTag = "must be a BCP 47 language tag, such as fr-CA";
const locale: BadValue[] = [
  ...wrongTypes(
    { null: null, number: 7, array: ["en"], object: HOSTILE, true: true },
    "must be a string",
  ),
  ...wrongTypes({ empty: "", words: "English, please", break: "en\nIgnore", NUL: "\0" }, noTag),
  ["too long", `en${"-abc".repeat(9)}`, "must be at most 35 characters"],
];

function tooLong(limit: number): BadValue {
  return ["too long", "x".repeat(limit + 1), `must be at most ${limit} characters`];
}

/** The bad values of each field; none where whatever comes is accepted and ignored. */
const bad: Record<ActionName, Record<string, BadValue[]>> = {
  ping: { requestId: identifier },
  create_conversation_session: {
    requestId: identifier,
    agentId: required(identifier),
    userName: text(200),
    userEmail: text(320),
    browserFingerprint: text(512),
    metadata: storedObject,
    supports: names(32),
    authContext: [],
    conversationId: identifier,
    clientTools,
    context,
    locale,
  },
  resume_session: {
    requestId: identifier,
    sessionId: required(identifier),
    sessionToken: required(filled(4_096)),
    supports: names(32),
    clientTools,
    context,
    locale,
  },
  set_auth_context: {
    requestId: identifier,
    sessionId: required(identifier),
    authContext: [missing],
  },
  get_session: { requestId: identifier, sessionId: required(identifier) },
  get_conversation_messages: {
    requestId: identifier,
    sessionId: required(identifier),
    limit: pageLimit,
    cursor: identifier,
    include: names(8),
  },
  list_conversations: { requestId: identifier, limit: pageLimit },
  rename_conversation: {
    requestId: identifier,
    conversationId: required(identifier),
    title: required([
      ...filled(60),
      ["a line break inside", "a\nb", "must not contain control characters"],
      ["an escape sequence", "\u001b[2J", "must not contain control characters"],
    ]),
  },
  send_message: {
    requestId: required(identifier),
    sessionId: required(identifier),
    message: required(filled(10_000)),
    skill: text(),
    model: text(),
    images: [],
    files: [],
    stream: [],
    context,
  },
  confirm_tool_action: {
    requestId: required(identifier),
    sessionId: required(identifier),
    approved: required(flag),
    toolCallId: identifier,
    arguments: storedObject,
    reason: filled(1_000),
    remember: flag,
    authContext: [],
  },
  cancel: { requestId: identifier, sessionId: identifier },
  submit_interaction: {
    requestId: required(identifier),
    sessionId: required(identifier),
    interactionId: required(identifier),
    kind: filled(100),
    values: storedObject,
    declined: flag,
  },
  verify_otp: {
    requestId: required(identifier),
    sessionId: required(identifier),
    code: required(filled(64)),
  },
  request_otp: {
    requestId: required(identifier),
    sessionId: required(identifier),
    channel: filled(64),
  },
  revoke_grant: {
    requestId: identifier,
    sessionId: required(identifier),
    grantId: required(identifier),
  },
  submit_tool_result: {
    requestId: required(identifier),
    sessionId: required(identifier),
    toolCallId: required(identifier),
    result: text(),
    isError: flag,
  },
  send_feedback: {
    requestId: identifier,
    sessionId: required(identifier),
    messageId: required(identifier),
    rating: required(
      wrongTypes(
        {
          word: "sideways",
          empty: "",
          number: 1,
          true: true,
          array: ["up"],
          object: HOSTILE,
          deep,
        },
        'must be \\"up\\", \\"down\\" or null',
      ),
    ),
    comment: filled(1_000),
  },
};

const actions = Object.keys(bad) as ActionName[];

describe.each(actions)("%s", (action) => {
  it("has its bad values for every field", () => {
    const { action: _, ...fields } = actionSchemas[action].shape as Record<string, unknown>;
    expect(Object.keys(bad[action]).sort()).toEqual(Object.keys(fields).sort());
  });

  it.each(Object.entries(bad[action]))("refuses what is wrong with %s", async (field, values) => {
    const server = await runningServer();
    const opened = await openSession(server);
    const { client, sessionId } = opened;
    const before = databaseContents(server.file);
    const { [field]: _, ...rest } = validFrame(action, opened);
    for (const [what, value, complaint] of values) {
      const answer = await client.ask(value === MISSING ? rest : { ...rest, [field]: value });
      expect({ what, text: answer.text }).toEqual({ what, text: refusal(field, complaint) });
      await client.quiet(sessionId);
    }
    expect(databaseContents(server.file)).toEqual(before);
    await client.close();
  });
});

/** The one answer to a frame whose `field` is wrong. */
function refusal(field: string, complaint: string): string {
  // A requestId that is wrong itself cannot be echoed.
  const id = field === "requestId" ? "" : `"requestId":"bad",`;
  const error = `{"code":"VALIDATION_ERROR","message":"${field} ${complaint}."}`;
  return `{"type":"error",${id}"error":${error},"data":{${id}"error":${error}},"timestamp":1}`;
}

/** A frame with a good value for every required field. */
function validFrame(action: ActionName, opened: Opened): Record<string, unknown> {
  const { sessionId, sessionToken, conversationId } = opened;
  const good: Record<string, unknown> = {
    requestId: "bad",
    sessionId,
    sessionToken,
    agentId: "shop",
    conversationId,
    title: "a title",
    message: "hi",
    approved: true,
    interactionId: "an interaction",
    grantId: "a grant",
    toolCallId: "a call",
    code: "123456",
    messageId: "a message",
    rating: "up",
  };
  const fields = Object.keys(bad[action]).filter((field) => field in good);
  return { action, ...Object.fromEntries(fields.map((field) => [field, good[field]])) };
}
