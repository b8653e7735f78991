import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionSchemas, parseAction, type ActionName } from "./action.js";
import { actionExamples } from "./reference/examples.js";

interface FieldCase {
  required: boolean;
  accepts: unknown[];
  /** Each refused value with the end of the message that names the field. */
  refuses: [value: unknown, complaint: string][];
}

const NUL = "a\0b";
const LONE_SURROGATE = "a\ud800b";
const malformed = "must be well-formed text without NUL characters";
const textRefusals: FieldCase["refuses"] = [
  [null, "must be a string"],
  [7, "must be a string"],
  [{ toString: "x" }, "must be a string"],
  [["x"], "must be a string"],
  [NUL, malformed],
  [LONE_SURROGATE, malformed],
];

const text = (required: boolean, limit?: number): FieldCase => ({
  required,
  accepts: ["", " ", "👩‍🚀 ünï", "x".repeat(limit ?? 20_000)],
  refuses: limit
    ? [...textRefusals, ["x".repeat(limit + 1), `must be at most ${limit} characters`]]
    : textRefusals,
});
const filled = (required: boolean, limit: number): FieldCase => ({
  required,
  accepts: ["x", " x ", "x".repeat(limit)],
  refuses: [
    ...textRefusals,
    ["", "must not be blank"],
    [" \t\n\u00a0\ufeff", "must not be blank"],
    ["x".repeat(limit + 1), `must be at most ${limit} characters`],
  ],
});
const identifier = (required: boolean) => filled(required, 256);
const object: FieldCase = {
  required: false,
  accepts: [{}, { a: { b: [null, 1, "x"] } }, { constructor: 1, toString: 2 }],
  refuses: [null, [], "x", 7, true].map((value) => [value, "must be an object"]),
};
const storedObject: FieldCase = {
  ...object,
  refuses: [
    ...object.refuses,
    ...[{ a: NUL }, { a: [{ b: LONE_SURROGATE }] }, { [NUL]: 1 }].map(
      (value): [unknown, string] => [value, `must hold only ${malformed.slice("must be ".length)}`],
    ),
  ],
};
const anything: FieldCase = {
  required: false,
  accepts: [null, 7, "", NUL, [], { a: 1 }],
  refuses: [],
};
const flag: FieldCase = {
  required: true,
  accepts: [true, false],
  refuses: [null, 0, 1, "true", {}, []].map((value) => [value, "must be a boolean"]),
};
const names = (most: number): FieldCase => ({
  required: false,
  accepts: [[], ["live"], Array.from({ length: most }, () => "x")],
  refuses: [
    ...[null, "live", {}, 7].map((value): [unknown, string] => [
      value,
      "must be an array of strings",
    ]),
    [Array.from({ length: most + 1 }, () => "x"), `must have at most ${most} entries`],
  ],
});
const supports = names(32);
const pageLimit: FieldCase = {
  required: false,
  accepts: [1, 50, 100],
  refuses: [
    ...[null, "5", 1.5, {}, 1e300].map((value): [unknown, string] => [
      value,
      "must be an integer from 1 to 100",
    ]),
    [0, "must be at least 1"],
    [-1, "must be at least 1"],
    [101, "must be at most 100"],
  ],
};
const nest = (levels: number): unknown => (levels === 1 ? [] : [nest(levels - 1)]);
const notContext = "must be an object, an array or a string";
const context: FieldCase = {
  required: false,
  accepts: [{}, { page: "/cart", items: [1, null, true] }, [], ["x"], "", "the cart", null].concat([
    nest(8) as never,
    "x".repeat(4_094),
    "é".repeat(2_047),
  ]),
  refuses: [
    ...[7, true].map((value): [unknown, string] => [value, notContext]),
    [nest(9), "must have at most 8 levels"],
    [{ a: { b: nest(7) } }, "must have at most 8 levels"],
    ["x".repeat(4_095), "must take at most 4096 bytes"],
    ["é".repeat(2_048), "must take at most 4096 bytes"],
    [{ a: '"'.repeat(2_048) }, "must take at most 4096 bytes"],
    ...[NUL, [LONE_SURROGATE], { a: { b: NUL } }, { [NUL]: 1 }].map((value): [unknown, string] => [
      value,
      `must hold only ${malformed.slice("must be ".length)}`,
    ]),
  ],
};
const noTag = "must be a BCP 47 language tag, such as fr-CA";
const locale: FieldCase = {
  required: false,
  accepts: ["en", "fr-CA", "zh-Hant-TW", "sr-Latn-RS", "ca-ES-valencia", "de-DE-u-co-phonebk"],
  refuses: [
    ...[null, 7, {}, ["en"]].map((value): [unknown, string] => [value, "must be a string"]),
    ...["", "e", "en_US", "en-", "-en", "en US", "en\nUS", "en-US\n", "de.", "日本語", NUL].map(
      (value): [unknown, string] => [value, noTag],
    ),
    [`en-${"x-".repeat(16)}y`, "must be at most 35 characters"],
  ],
};
const rating: FieldCase = {
  required: true,
  accepts: ["up", "down", null],
  refuses: ["", "UP", "sideways", 1, true, {}, ["up"]].map((value) => [
    value,
    'must be "up", "down" or null',
  ]),
};
const message: FieldCase = {
  ...filled(true, 10_000),
  accepts: ["x", " x ", "x".repeat(10_000), "😀".repeat(10_000)],
  refuses: [
    ...filled(true, 10_000).refuses,
    ["😀".repeat(10_001), "must be at most 10000 characters"],
  ],
};

const title: FieldCase = {
  required: true,
  accepts: ["x", "Order 1234", "x".repeat(60), "😀".repeat(60), "👩‍🚀 ünï"],
  refuses: [
    ...textRefusals,
    ["", "must not be blank"],
    [" \t\n\u00a0\ufeff", "must not be blank"],
    ["x".repeat(61), "must be at most 60 characters"],
    ["😀".repeat(61), "must be at most 60 characters"],
    ["a\nb", "must not contain control characters"],
    ["a\u001b[0m", "must not contain control characters"],
    ["a\u0085b", "must not contain control characters"],
  ],
};

const tool = { name: "navigate", description: "Opens a page of the shop." };
const clientTools: FieldCase = {
  required: false,
  accepts: [[], [tool], [{ ...tool, parameters: { type: "object" }, confirm: true }]],
  refuses: [
    ...[null, {}, "navigate", 7].map((value): [unknown, string] => [
      value,
      "must be an array of tools",
    ]),
    [
      Array.from({ length: 21 }, (_, n) => ({ ...tool, name: `t${n}` })),
      "must have at most 20 entries",
    ],
    [[tool, tool], "must not have two tools of one name"],
    [
      Array.from({ length: 6 }, (_, n) => ({
        name: `t${n}`,
        description: "d",
        parameters: { title: "é".repeat(1_400) },
      })),
      "must take at most 16384 bytes",
    ],
  ],
};

// Every field of every action has its case here: the first test fails for one that has not.
const cases: Record<ActionName, Record<string, FieldCase>> = {
  ping: { requestId: identifier(false) },
  create_conversation_session: {
    requestId: identifier(false),
    agentId: identifier(true),
    userName: text(false, 200),
    userEmail: text(false, 320),
    browserFingerprint: text(false, 512),
    metadata: storedObject,
    supports,
    authContext: anything,
    conversationId: identifier(false),
    clientTools,
    context,
    locale,
  },
  resume_session: {
    requestId: identifier(false),
    sessionId: identifier(true),
    sessionToken: filled(true, 4_096),
    supports,
    clientTools,
    context,
    locale,
  },
  set_auth_context: {
    requestId: identifier(false),
    sessionId: identifier(true),
    authContext: { ...anything, required: true },
  },
  get_session: { requestId: identifier(false), sessionId: identifier(true) },
  get_conversation_messages: {
    requestId: identifier(false),
    sessionId: identifier(true),
    limit: pageLimit,
    cursor: identifier(false),
    include: names(8),
  },
  list_conversations: { requestId: identifier(false), limit: pageLimit },
  rename_conversation: {
    requestId: identifier(false),
    conversationId: identifier(true),
    title,
  },
  send_message: {
    requestId: identifier(true),
    sessionId: identifier(true),
    message,
    skill: text(false),
    model: text(false),
    images: anything,
    files: anything,
    stream: anything,
    context,
  },
  confirm_tool_action: {
    requestId: identifier(true),
    sessionId: identifier(true),
    approved: flag,
    toolCallId: identifier(false),
    arguments: storedObject,
    reason: filled(false, 1_000),
    remember: { ...flag, required: false },
    authContext: anything,
  },
  cancel: { requestId: identifier(false), sessionId: identifier(false) },
  submit_interaction: {
    requestId: identifier(true),
    sessionId: identifier(true),
    interactionId: identifier(true),
    kind: filled(false, 100),
    values: storedObject,
    declined: { ...flag, required: false },
  },
  verify_otp: {
    requestId: identifier(true),
    sessionId: identifier(true),
    code: filled(true, 64),
  },
  request_otp: {
    requestId: identifier(true),
    sessionId: identifier(true),
    channel: filled(false, 64),
  },
  revoke_grant: {
    requestId: identifier(false),
    sessionId: identifier(true),
    grantId: identifier(true),
  },
  submit_tool_result: {
    requestId: identifier(true),
    sessionId: identifier(true),
    toolCallId: identifier(true),
    result: text(false),
    isError: { ...flag, required: false },
  },
  send_feedback: {
    requestId: identifier(false),
    sessionId: identifier(true),
    messageId: identifier(true),
    rating,
    comment: {
      ...filled(false, 1_000),
      accepts: ["x", " x ", "x".repeat(1_000), "😀".repeat(1_000)],
    },
  },
};

const fields = Object.entries(cases).flatMap(([action, of]) =>
  Object.entries(of).map(([field, fieldCase]) => ({ action, field, ...fieldCase })),
);

describe("the table of cases", () => {
  it.each(Object.entries(actionSchemas))("covers every field of %s", (name, { shape }) => {
    const covered = Object.entries(cases).find(([action]) => action === name)?.[1] ?? {};
    expect(Object.keys(covered).toSorted()).toEqual(
      Object.keys(shape)
        .filter((field) => field !== "action")
        .toSorted(),
    );
  });
});

describe.each(fields)("$action.$field", ({ action, field, required, accepts, refuses }) => {
  it(required ? "is required" : "may be absent", () => {
    const { [field]: _, ...frame } = exampleOf(action);
    expect(parseAction(frame)).toMatchObject(
      required
        ? { ok: false, code: "VALIDATION_ERROR", message: `${field} is required.` }
        : { ok: true },
    );
  });

  it.each(accepts.map((value) => ({ value, shown: shorten(value) })))(
    "accepts $shown",
    ({ value }) => {
      expect(parseAction({ ...exampleOf(action), [field]: value })).toMatchObject({
        ok: true,
        action: { [field]: value },
      });
    },
  );

  it.each(refuses.map(([value, complaint]) => ({ value, complaint, shown: shorten(value) })))(
    "refuses $shown: $complaint",
    ({ value, complaint }) => {
      const example = exampleOf(action);
      const result = parseAction({ ...example, [field]: value });
      expect(result).toEqual({
        ok: false,
        code: "VALIDATION_ERROR",
        message: `${field} ${complaint}.`,
        // A frame whose own requestId is the bad field has none to echo.
        requestId: field === "requestId" ? undefined : example["requestId"],
      });
    },
  );
});

describe("a frame that is no action", () => {
  it.each([null, 7, "ping", true, [], [{ action: "ping" }], undefined])("%j", (value) => {
    expect(parseAction(value)).toEqual({
      ok: false,
      code: "VALIDATION_ERROR",
      message: "A frame must be one JSON object.",
    });
  });

  it.each([{}, { action: null }, { action: 7 }, { action: ["ping"] }])("%j", (frame) => {
    expect(parseAction({ ...frame, requestId: "r" })).toEqual({
      ok: false,
      code: "VALIDATION_ERROR",
      message: "action must be a string that names the action.",
      requestId: "r",
    });
  });

  it.each(["", "PING", "ping ", "__proto__", "constructor", "toString", "hasOwnProperty"])(
    "action %j",
    (action) => {
      expect(parseAction({ action, requestId: "r" })).toEqual({
        ok: false,
        code: "UNSUPPORTED_ACTION",
        message: "This action is not supported.",
        requestId: "r",
      });
    },
  );
});

describe("what parsing makes of a frame", () => {
  const open = (fields: object) =>
    parseAction({ action: "create_conversation_session", agentId: "a", ...fields });

  it("fills in the page size", () => {
    expect(parseAction({ action: "get_conversation_messages", sessionId: "s" })).toEqual({
      ok: true,
      action: { action: "get_conversation_messages", sessionId: "s", limit: 50 },
    });
  });

  it("trims a title, and counts what is left of it", () => {
    const renamed = { action: "rename_conversation", conversationId: "c" };
    const spaced = ` \n${"x".repeat(60)}\u00a0 `;
    expect(parseAction({ ...renamed, title: spaced })).toEqual({
      ok: true,
      action: { ...renamed, title: "x".repeat(60) },
    });
  });

  it("drops unknown fields", () => {
    expect(parseAction({ action: "ping", colour: "red" })).toEqual({
      ok: true,
      action: { action: "ping" },
    });
  });

  it("drops capabilities that are no identifiers and keeps unknown ones", () => {
    const result = open({ supports: ["live", 1, null, {}, NUL, LONE_SURROGATE, "", "hologram"] });
    expect(result).toMatchObject({ ok: true, action: { supports: ["live", "hologram"] } });
  });

  it("tells an absent authContext from one that is null", () => {
    const absent = open({});
    const present = open({ authContext: null });
    expect(absent.ok && Object.hasOwn(absent.action, "authContext")).toBe(false);
    expect(present.ok && Object.hasOwn(present.action, "authContext")).toBe(true);
  });

  it("names the first bad field in the order of the contract's checks", () => {
    const frame = { action: "send_message", requestId: "r", model: 7, skill: 7, message: "" };
    expect(parseAction(frame)).toMatchObject({ message: "sessionId is required." });
    expect(parseAction({ ...frame, sessionId: "s" })).toMatchObject({
      message: "message must not be blank.",
    });
    expect(parseAction({ ...frame, sessionId: "s", message: "m" })).toMatchObject({
      message: "skill must be a string.",
    });
  });
});

describe("hostile values", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

  it("100,000 nested arrays do not overflow the stack", () => {
    const deep = nested(100_000);
    for (const field of ["metadata", "authContext", "supports", "agentId", "context"]) {
      const frame: unknown = JSON.parse(
        `{"action":"create_conversation_session","agentId":"a","${field}":{"a":${deep}}}`,
      );
      expect(() => parseAction(frame)).not.toThrow();
    }
  });

  it("a __proto__ key reaches no prototype", () => {
    const frame: unknown = JSON.parse(
      '{"action":"create_conversation_session","agentId":"a","__proto__":{"conversationId":"c"},' +
        '"metadata":{"__proto__":{"admin":true},"a":1}}',
    );
    const result = parseAction(frame);
    if (!result.ok || result.action.action !== "create_conversation_session") {
      throw new Error("refused");
    }
    expect(result.action.conversationId).toBeUndefined();
    expect(result.action.metadata?.["admin"]).toBeUndefined();
    expect(result.action.metadata).toEqual({ a: 1 });
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("admin");
  });

  it("whatever JSON a field holds, parsing answers and never throws", () => {
    const field = fc.constantFrom(...fields);
    fc.assert(
      fc.property(field, fc.jsonValue({ maxDepth: 4 }), ({ action, field }, value) => {
        const result = parseAction({ ...exampleOf(action), [field]: value });
        expect(result.ok || new RegExp(`^${field}[ .]`).test(result.message)).toBe(true);
      }),
    );
  });
});

function exampleOf(action: string): Record<string, unknown> {
  const examples = Object.entries(actionExamples).find(([name]) => name === action)?.[1];
  if (!examples) throw new Error(`no example of ${action}`);
  return { requestId: "r", ...examples[0] };
}

function shorten(value: unknown): string {
  return JSON.stringify(value).slice(0, 40);
}
