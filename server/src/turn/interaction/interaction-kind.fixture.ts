/** What a test of the contract needs of one kind of form. */
export interface KindCase {
  /** Arguments as a model may write them, in the full and in the forgiving forms, and their spec. */
  asks: [args: unknown, spec: Record<string, unknown>][];
  /** Arguments that are none. */
  badAsks: unknown[];
  /** Answers to the first spec, and their canonical form. */
  valid: [given: Record<string, unknown>, canonical: Record<string, unknown>][];
  /** Answers to the first spec, and all that is wrong with each, in order. */
  invalid: [given: Record<string, unknown>, errors: string[]][];
}

const EMAIL = "email: must be a valid email address";
const PHONE =
  "phone: must be a valid phone number (include your country code, e.g. +1 555 123 4567)";
const LONG = "x".repeat(3_000);
const HOSTILE: unknown[] = [7, true, {}, [], ["a"], [null], { length: 1 }, LONG];

const spec = (...keys: string[]) => ({ fields: keys.map((key) => ({ key, required: true })) });
const identity = (fields: Record<string, unknown>) => ({ name: "Ada", email: "a@b.co", ...fields });
const picked = (options: unknown[], more = {}) => ({ header: "Size", options, ...more });
const toppings = { header: "Toppings", options: ["Salt"] };
const answers = (...given: unknown[]) => ({ answers: given });

/** By the name of the kind; one without a case fails the contract. */
export const kindCases: Record<string, KindCase> = {
  identity_intake: {
    asks: [
      [
        { fields: ["name", "email", { key: "phone", required: false, label: "Mobile" }] },
        {
          fields: [
            ...spec("name", "email").fields,
            { key: "phone", required: false, label: "Mobile" },
          ],
        },
      ],
      [{ fields: [{ key: "email" }], reason: "Why" }, spec("email")],
    ],
    badAsks: [
      {},
      { fields: [] },
      { fields: "email" },
      { fields: ["address"] },
      { fields: ["email", "email"] },
      { fields: [{ key: "email", required: "yes" }] },
      { fields: [{ key: "email", label: "\u200b" }] },
      { fields: ["email"], reason: 7 },
    ],
    valid: [
      [identity({}), { name: "Ada", email: "a@b.co" }],
      [identity({ name: " Ada\n \u202eLove " }), { name: "Ada Love", email: "a@b.co" }],
      [identity({ email: " Ada@B.CO " }), { name: "Ada", email: "Ada@b.co" }],
      [identity({ phone: "" }), { name: "Ada", email: "a@b.co" }],
      [identity({ phone: null, isAdmin: true }), { name: "Ada", email: "a@b.co" }],
      [identity({ phone: "(555) 123-4567" }), identity({ phone: "+15551234567" })],
      [identity({ phone: "1.555.123.4567" }), identity({ phone: "+15551234567" })],
      [identity({ phone: "+49 30 1234567" }), identity({ phone: "+49301234567" })],
    ],
    invalid: [
      [{}, ["name: this field is required", "email: this field is required"]],
      [{ name: " ", email: "" }, ["name: this field is required", "email: this field is required"]],
      [
        { name: LONG, email: "a b@c.d", phone: "12" },
        ["name: must be a text of at most 200 characters", EMAIL, PHONE],
      ],
      ...[
        "a",
        "a@b",
        "@b.co",
        "a@",
        "a@b@c.d",
        "a@.co",
        "a@co.",
        "a\u200b@b.co",
        `${LONG}@b.co`,
      ].map((email): [Record<string, unknown>, string[]] => [identity({ email }), [EMAIL]]),
      ...["+0123456789", "+1234567", "+1234567890123456", "21234567890", "+1 555 CALL", "555"].map(
        (phone): [Record<string, unknown>, string[]] => [identity({ phone }), [PHONE]],
      ),
      ...HOSTILE.map((bad): [Record<string, unknown>, string[]] => [
        { name: bad, email: bad, phone: bad },
        ["name: must be a text of at most 200 characters", EMAIL, PHONE],
      ]),
    ],
  },

  choices: {
    asks: [
      [
        {
          questions: [
            {
              question: "Which size?",
              header: "Size",
              options: ["S", { label: "L", description: "Large" }],
            },
            {
              question: "What on it?",
              header: "Toppings",
              options: ["Salt", "Oil", "Nuts"],
              multiSelect: true,
            },
          ],
        },
        {
          questions: [
            {
              question: "Which size?",
              header: "Size",
              options: [{ label: "S" }, { label: "L", description: "Large" }],
              multiSelect: false,
            },
            {
              question: "What on it?",
              header: "Toppings",
              options: [{ label: "Salt" }, { label: "Oil" }, { label: "Nuts" }],
              multiSelect: true,
            },
          ],
        },
      ],
    ],
    badAsks: [
      {},
      { questions: [] },
      { questions: "Which?" },
      ...[
        { header: "Size", options: ["S", "L"] },
        { question: "Q?", options: ["S", "L"] },
        { question: "Q?", header: "Thirteen char", options: ["S", "L"] },
        { question: "Q?", header: " ", options: ["S", "L"] },
        { question: "Q?", header: "Size", options: ["S"] },
        { question: "Q?", header: "Size", options: ["S", "M", "L", "XL", "XXL"] },
        { question: "Q?", header: "Size", options: ["S", "S"] },
        { question: "Q?", header: "Size", options: ["S", { label: 7 }] },
        { question: "Q?", header: "Size", options: ["S", "L"], multiSelect: "no" },
      ].map((question) => ({ questions: [question] })),
      { questions: [1, 2].map(() => ({ question: "Q?", header: "Size", options: ["S", "L"] })) },
      {
        questions: [1, 2, 3, 4, 5].map((n) => {
          return { question: "Q?", header: `Size ${n}`, options: ["S", "L"] };
        }),
      },
    ],
    valid: [
      [answers(picked(["S"]), toppings), answers(picked(["S"]), toppings)],
      [answers(toppings, picked(["S", "S"])), answers(picked(["S"]), toppings)],
      [
        answers(picked([], { other: " Extra\nlarge " }), {
          header: "Toppings",
          options: ["Nuts", "Salt"],
          other: "Figs",
        }),
        answers(picked([], { other: "Extra large" }), {
          header: "Toppings",
          options: ["Salt", "Nuts"],
          other: "Figs",
        }),
      ],
      [
        answers({ header: "Size", other: "XL" }, { ...toppings, other: " " }),
        answers(picked([], { other: "XL" }), toppings),
      ],
    ],
    invalid: [
      [{}, ["Size: this question must be answered", "Toppings: this question must be answered"]],
      [
        answers(picked(["S", "L"]), { header: "Toppings", options: ["Salt", "Ice\u202e"] }),
        [
          "Size: this question takes a single answer",
          "Toppings: 'Ice' is not one of the offered options",
        ],
      ],
      [
        answers(picked(["XS", "XL"], { other: LONG }), { header: "Toppings", options: [] }),
        [
          "Size: 'XS' is not one of the offered options",
          "Size: 'XL' is not one of the offered options",
          "Size: 'other' must be a text of at most 500 characters",
          "Size: this question takes a single answer",
          "Toppings: select an option or provide an 'other' answer",
        ],
      ],
      [
        answers(picked(["S"], { other: "L" }), toppings),
        ["Size: this question takes a single answer"],
      ],
      [
        answers(picked(["S"]), picked(["L"]), toppings, { header: "Color", options: ["Red"] }),
        ["Color: is not one of the questions", "Size: this question was answered more than once"],
      ],
      [
        answers(picked(7 as never), { header: "Toppings", options: [7], other: 7 }),
        [
          "Size: options must be a list of at most 20 texts",
          "Toppings: options must be a list of at most 20 texts",
          "Toppings: 'other' must be a text of at most 500 characters",
        ],
      ],
      ...[
        7,
        "S",
        {},
        [null],
        [7],
        [{}],
        [{ header: 7 }],
        Array.from({ length: 21 }, () => toppings),
      ].map((bad): [Record<string, unknown>, string[]] => [
        { answers: bad },
        ["answers: must be a list of at most 20 answers"],
      ]),
    ],
  },

  date_time: {
    asks: [
      [
        { prompt: "When?\n", withTime: true, earliest: "2028-02-28", latest: "2028-03-01" },
        { prompt: "When?", withTime: true, earliest: "2028-02-28", latest: "2028-03-01" },
      ],
      [{ prompt: "When?" }, { prompt: "When?", withTime: false }],
    ],
    badAsks: [
      {},
      { prompt: " " },
      { prompt: "When?", earliest: "tomorrow" },
      { prompt: "When?", earliest: "2027-02-29" },
      { prompt: "When?", latest: "2028-1-1" },
      { prompt: "When?", earliest: "2028-03-02", latest: "2028-03-01" },
      { prompt: "When?", withTime: 1 },
    ],
    valid: [
      [
        { date: "2028-02-28", time: "00:00" },
        { date: "2028-02-28", time: "00:00" },
      ],
      [
        { date: "2028-02-29", time: "23:59", zone: "x" },
        { date: "2028-02-29", time: "23:59" },
      ],
      [
        { date: "2028-03-01", time: "09:30" },
        { date: "2028-03-01", time: "09:30" },
      ],
    ],
    invalid: [
      [{}, ["date: this field is required", "time: this field is required"]],
      [
        { date: "2028-02-30", time: "24:00" },
        ["date: must be a date that there is (YYYY-MM-DD)", "time: must be a time of day (HH:MM)"],
      ],
      [
        { date: "2028-02-27", time: "9:30" },
        ["date: must not be before 2028-02-28", "time: must be a time of day (HH:MM)"],
      ],
      [{ date: "2028-03-02", time: "09:30" }, ["date: must not be after 2028-03-01"]],
      [
        { date: "+02028-03-01", time: "09:30\n" },
        ["date: must be a date that there is (YYYY-MM-DD)", "time: must be a time of day (HH:MM)"],
      ],
      ...HOSTILE.map((bad): [Record<string, unknown>, string[]] => [
        { date: bad, time: bad },
        ["date: must be a date that there is (YYYY-MM-DD)", "time: must be a time of day (HH:MM)"],
      ]),
    ],
  },
};
