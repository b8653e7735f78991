import { actionSchemas, type ActionName } from "../action.js";
import { CLOSE_CODES } from "../close-code.js";
import { ERROR_CODES, FINAL_ERROR_CODES, NON_TERMINAL_ERROR_CODES } from "../error-code.js";
import { eventSchemas, LIVE_EVENTS, type EventName } from "../event.js";
import { LIMITS } from "../limits.js";
import { actionDescriptions, eventDescriptions } from "./descriptions.js";
import { actionExamples, answerExamples, eventExamples } from "./examples.js";
import { fieldTable } from "./field-table.js";
import { closeMeanings, errorMeanings, limitMeanings } from "./meanings.js";

/** The reference page, in Markdown: what a person needs to write a client. */
export function referencePage(): string {
  return `${[
    "# The wire contract",
    "Generated from the schemas in `protocol/src` by `npm run generate -w @smooth-agent/protocol`; the same in JSON Schema is [protocol.schema.json](protocol.schema.json).",
    ...nomenclature(),
    ...frames(),
    ...turn(),
    ...interactions(),
    "## Actions",
    ...names(actionSchemas).flatMap(action),
    "## Events",
    `Events marked as extensions (${LIVE_EVENTS.map(code).join(", ")}) go only to connections whose \`supports\` has \`live\`, and never to the connection whose own action caused them.`,
    ...names(eventSchemas).flatMap(event),
    ...codes(),
  ].join("\n\n")}\n`;
}

function nomenclature(): string[] {
  return [
    "## Nomenclature",
    table(
      ["word", "meaning"],
      [
        ["socket", "the WebSocket at `GET /ws`"],
        ["connection", "one socket's life"],
        ["frame", "one UTF-8 JSON text message: one object"],
        ["action", "a frame that a client sends, named by `action`"],
        ["event", "a frame that the server sends, named by `type`"],
        ["conversation", "the durable thread of messages between a visitor and an agent"],
        [
          "participant",
          "who takes part in a conversation: the visitor, the agent, a person of the host's",
        ],
        ["hand-off", "a conversation's way from the agent to a person, and back"],
        ["session", "one visitor's admission to one conversation"],
        ["message", "what one participant said, as it is stored"],
        ["turn", "the way from one message of the visitor to one terminal event"],
        ["tool call", "the model's wish to run a tool, with its exact arguments"],
        ["confirmation", "the question about a tool call that a parked turn waits on"],
        ["interaction", "a form or choices that a parked turn waits on"],
        ["grant", "what the visitor need not be asked again in a conversation"],
        ["client tool", "a function of the page that the agent may call"],
        ["snapshot", "what a turn has shown so far, for a connection that comes back"],
        ["feedback", "what a visitor thinks of an answer"],
        ["page context", "what the page says of where the visitor is, for the agent to know"],
        ["auth context", "the host's signed word for who the visitor is"],
      ],
    ),
  ];
}

function frames(): string[] {
  return [
    "## Every frame",
    list([
      "`requestId` is chosen by the client and echoed on all that the request causes. It is absent when unknown, never null.",
      "`timestamp` in events is integer Unix milliseconds.",
      "Unknown fields in actions and unknown event types are ignored by whoever receives them. Optional fields are absent, never null, unless a shape says null.",
      "A protocol error is answered by an `error` event and never closes the socket.",
      "A session is usable only on a connection that created it or resumed it with its token. What is unknown and what is forbidden look the same.",
      'A refused handshake cannot be read by a browser: a plain `GET` of the same URL answers the same status with `{"error":{"code","message"}}`.',
    ]),
  ];
}

function turn(): string[] {
  return [
    "## A turn",
    list([
      "The message and the turn are stored, then the ack: `immediate_response` 202. A failed check takes the ack's place.",
      "Then any mix of `stream_preamble`, `stream_reasoning`, `stream_token` and `stream_chunk`; for each tool its `toolCall`, then its `toolResult`.",
      "A gated tool parks the turn: `write_confirmation_required`, then that tool's `toolCall`, then silence but for `keepalive`. After a verdict: the ack of the `confirm_tool_action`, then the `toolResult` (`isError` when declined), then tokens. One question at a time.",
      "Exactly one terminal event ends an accepted turn: `eventual_response`, `cancelled` or `error`. Nothing of the turn follows it.",
      "A dropped socket changes nothing for the turn: every connection that holds a session of the conversation sees it and may answer it.",
    ]),
  ];
}

function interactions(): string[] {
  return [
    "## Interactions",
    "A session declares in `supports` which forms its client can show. The model asks by a tool of the server's own; a kind's `spec` says what to show, and its `values` are the answer.",
    table(
      ["kind", "capability", "tool", "`spec`", "`values`"],
      [
        [
          "`identity_intake`",
          "`identity_form`",
          "`request_identity_intake`",
          "`{fields: [{key: name, email or phone, required, label?}]}`",
          "`{name?, email?, phone?}`",
        ],
        [
          "`choices`",
          "`choice_chips`",
          "`request_choices`",
          "`{questions: [{question, header, options: [{label, description?}], multiSelect}]}`",
          "`{answers: [{header, options: [], other?}]}`",
        ],
        [
          "`date_time` (extension)",
          "`date_time_picker`",
          "`request_date_time`",
          "`{prompt, withTime, earliest?, latest?}`",
          '`{date: "YYYY-MM-DD", time?: "HH:MM"}`',
        ],
      ],
    ),
    list([
      "With the capability the turn parks: `interaction_required`, then the tool's `toolCall`, then silence but for `keepalive`. Without it the tool's result tells the model to ask in prose.",
      "`submit_interaction` is checked in this order: a form waits here (`NO_PENDING_INTERACTION`), it is the one that was answered (`INTERACTION_MISMATCH`), `declined`, `values` are there (`VALIDATION_ERROR`), they are valid (`interaction_invalid`, with all that is wrong). Whatever is refused leaves the form as it is, to be tried again.",
      'After the ack comes the `toolResult`, `isError` false in any case: `{"status":"submitted","values":{…}}`, `{"status":"declined","message":…}`, or `{"status":"no_response","message":…}` when it expired.',
      "Every connection that holds a session of the conversation may answer, and exactly one does. An accepted identity is what the visitor says of themselves: it authenticates nobody.",
    ]),
  ];
}

function action(name: ActionName): string[] {
  const { does, answer } = actionDescriptions[name];
  return [
    `### ${code(name)}`,
    does,
    fieldTable(actionSchemas[name]),
    ...actionExamples[name].map(frame),
    `Answer: ${answer}.`,
    ...(name in answerExamples ? [frame(answerOf(name))] : []),
  ];
}

function answerOf(name: string): unknown {
  return Object.entries(answerExamples).find(([of]) => of === name)?.[1];
}

function event(name: EventName): string[] {
  return [`### ${code(name)}`, eventDescriptions[name], ...eventExamples[name].map(frame)];
}

function codes(): string[] {
  const effect = (of: (typeof ERROR_CODES)[number]) => {
    if (NON_TERMINAL_ERROR_CODES.includes(of)) return "never ends a turn";
    return FINAL_ERROR_CODES.includes(of) ? "do not try again" : "";
  };
  return [
    "## Error codes",
    table(
      ["code", "meaning", "for a client"],
      ERROR_CODES.map((of) => [code(of), errorMeanings[of], effect(of)]),
    ),
    "## Close codes",
    table(
      ["code", "when"],
      names(CLOSE_CODES).map((of) => [String(CLOSE_CODES[of]), closeMeanings[of]]),
    ),
    "## Limits",
    table(
      ["limit", "of"],
      names(LIMITS).map((of) => [LIMITS[of].toLocaleString("en-US"), limitMeanings[of]]),
    ),
  ];
}

function names<Key extends string>(of: Readonly<Record<Key, unknown>>): Key[] {
  const own = (key: string): key is Key => Object.hasOwn(of, key);
  return Object.keys(of).filter(own);
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function list(entries: string[]): string {
  return entries.map((entry) => `- ${entry}`).join("\n");
}

function frame(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}

function code(name: string): string {
  return `\`${name}\``;
}
