import { describe, expect, it } from "vitest";
import { eventSchemas } from "../event.js";
import { keepalive, pong } from "./heartbeat.js";
import { handOffChanged, hostPushed, messageAdded } from "./host.js";
import { immediateResponse } from "./immediate-response.js";
import { confirmationResolved, sessionEnded, turnSnapshot, turnStarted } from "./live.js";
import { otpInvalid } from "./otp.js";
import {
  streamPreamble,
  streamReasoning,
  streamToken,
  streamToolCall,
  streamToolResult,
} from "./stream.js";
import { cancelled, errorFrame, eventualResponse } from "./terminal.js";
import { writeConfirmationRequired } from "./write-confirmation-required.js";

// The right-hand sides are the contract's own frames, character for character: names, nesting, order.
const core: [frame: object, text: string][] = [
  [
    immediateResponse("r", 200, "…", {}, 1),
    `{"type":"immediate_response","requestId":"r","status":200,"message":"…","data":{},"timestamp":1}`,
  ],
  [
    streamToken("r", "Hel", 1),
    `{"type":"stream_token","requestId":"r","token":"Hel","data":{"requestId":"r","token":"Hel"},"timestamp":1}`,
  ],
  [
    streamPreamble("r", "Let me check.", 1),
    '{"type":"stream_preamble","requestId":"r","token":"Let me check.","data":{"requestId":"r","token":"Let me check."},"timestamp":1}',
  ],
  [
    streamReasoning("r", "…", 1),
    `{"type":"stream_reasoning","requestId":"r","token":"…","data":{"requestId":"r","token":"…"},"timestamp":1}`,
  ],
  [
    streamToolCall("r", { name: "search", arguments: { q: "x" } }, 1),
    `{"type":"stream_chunk","requestId":"r","node":"search","data":{"requestId":"r","node":"search","state":{"rawResponse":{"toolCall":{"name":"search","arguments":{"q":"x"}}}}},"timestamp":1}`,
  ],
  [
    streamToolResult("r", { name: "search", isError: false, result: "text" }, 1),
    `{"type":"stream_chunk","requestId":"r","node":"search","data":{"requestId":"r","node":"search","state":{"rawResponse":{"toolResult":{"name":"search","isError":false,"result":"text"}}}},"timestamp":1}`,
  ],
  [
    eventualResponse(
      "r",
      {
        messageId: "<uuid>",
        needsEscalation: false,
        response: {
          responseParts: ["the whole reply"],
          customerHappinessScore: 0.5,
          needsSatisfactionScore: 0.5,
          requestSummary: "",
          resolutionStatus: "in_progress",
          suggestedNextActions: [],
        },
        citations: [{ id: "d", title: "d", url: "https://…", snippet: "…", score: 0.9 }],
        usage: { costUsd: 0, promptTokens: 10, completionTokens: 5 },
      },
      1,
    ),
    `{"type":"eventual_response","requestId":"r","status":200,"data":{"requestId":"r","status":200,"data":{` +
      `"messageId":"<uuid>","needsEscalation":false,` +
      `"response":{"responseParts":["the whole reply"],"customerHappinessScore":0.5,"needsSatisfactionScore":0.5,` +
      `"requestSummary":"","resolutionStatus":"in_progress","suggestedNextActions":[]},` +
      `"citations":[{"id":"d","title":"d","url":"https://…","snippet":"…","score":0.9}],` +
      `"usage":{"costUsd":0,"promptTokens":10,"completionTokens":5}}},"timestamp":1}`,
  ],
  [
    cancelled("r", 1),
    `{"type":"cancelled","requestId":"r","status":499,"data":{"status":499,"requestId":"r"},"timestamp":1}`,
  ],
  [
    keepalive("r", 1),
    `{"type":"keepalive","requestId":"r","data":{"requestId":"r"},"timestamp":1}`,
  ],
  [
    otpInvalid("r", { error: "INVALID_CODE", attemptsRemaining: 2, message: "…" }, 1),
    `{"type":"otp_invalid","requestId":"r","data":{"requestId":"r","data":{"error":"INVALID_CODE","attemptsRemaining":2,"message":"…"}},"timestamp":1}`,
  ],
  [pong("r", 1), `{"type":"pong","requestId":"r","timestamp":1,"data":{"timestamp":1}}`],
  [
    errorFrame("r", { code: "SESSION_NOT_FOUND", message: "…" }, 1),
    `{"type":"error","requestId":"r","error":{"code":"SESSION_NOT_FOUND","message":"…"},"data":{"requestId":"r","error":{"code":"SESSION_NOT_FOUND","message":"…"}},"timestamp":1}`,
  ],
];

const confirmation = {
  toolId: "issue_refund",
  actionDescription: "Refund $20.00 on order 1234",
  toolCallId: "t",
  toolName: "issue_refund",
  title: "Refund",
  summary: "Refund $20.00 on order 1234",
  fields: [{ label: "Order", value: "1234" }],
  arguments: { orderId: "1234" },
  risk: "low",
  expiresAt: 2,
} as const;
const message = {
  id: "m",
  conversationId: "c",
  direction: "inbound" as const,
  content: { items: [{ type: "text" as const, text: "hi" }], text: "hi" },
  createdAt: "2025-11-23T04:00:00.000Z",
};

const extended: [frame: object, text: string][] = [
  [
    writeConfirmationRequired("r", { ...confirmation, fields: [], arguments: {} }, 1),
    `{"type":"write_confirmation_required","requestId":"r","data":{"requestId":"r","data":{"toolId":"issue_refund","actionDescription":"Refund $20.00 on order 1234",` +
      `"toolCallId":"t","toolName":"issue_refund","title":"Refund","summary":"Refund $20.00 on order 1234","fields":[],"arguments":{},"risk":"low","expiresAt":2}},"timestamp":1}`,
  ],
  [
    streamToolCall("r", { toolCallId: "t", name: "search", arguments: {} }, 1),
    `{"type":"stream_chunk","requestId":"r","node":"search","data":{"requestId":"r","node":"search","state":{"rawResponse":{"toolCall":{"toolCallId":"t","name":"search","arguments":{}}}}},"timestamp":1}`,
  ],
  [
    turnStarted("r", message, 1),
    `{"type":"turn_started","requestId":"r","data":{"requestId":"r","message":{"id":"m","conversationId":"c","direction":"inbound","content":{"items":[{"type":"text","text":"hi"}],"text":"hi"},"createdAt":"2025-11-23T04:00:00.000Z"}},"timestamp":1}`,
  ],
  [
    confirmationResolved({ requestId: "r", toolCallId: "t", approved: true, by: "visitor" }, 1),
    `{"type":"confirmation_resolved","requestId":"r","data":{"requestId":"r","toolCallId":"t","approved":true,"by":"visitor"},"timestamp":1}`,
  ],
  [
    turnSnapshot({ requestId: "r", status: "running", items: [{ type: "text", text: "H" }] }, 1),
    `{"type":"turn_snapshot","requestId":"r","data":{"requestId":"r","status":"running","items":[{"type":"text","text":"H"}]},"timestamp":1}`,
  ],
  [
    messageAdded(
      { ...message, direction: "outbound", from: { type: "human-agent", name: "Ana" } },
      1,
    ),
    `{"type":"message_added","data":{"message":{"id":"m","conversationId":"c","direction":"outbound","content":{"items":[{"type":"text","text":"hi"}],"text":"hi"},"createdAt":"2025-11-23T04:00:00.000Z","from":{"type":"human-agent","name":"Ana"}}},"timestamp":1}`,
  ],
  [
    handOffChanged({ state: "active", name: "Ana" }, 1),
    `{"type":"hand_off","data":{"state":"active","name":"Ana"},"timestamp":1}`,
  ],
  [handOffChanged({ state: null }, 1), `{"type":"hand_off","data":{"state":null},"timestamp":1}`],
  [
    hostPushed("order-shipped", { orderId: "1234" }, 1),
    `{"type":"host_event","data":{"name":"order-shipped","data":{"orderId":"1234"}},"timestamp":1}`,
  ],
];

describe.each([...core, ...extended])("%j", (frame, text) => {
  it("is the contract's text", () => {
    expect(JSON.stringify(frame)).toBe(text);
  });

  it("is what its schema describes, and nothing more", () => {
    const { type } = JSON.parse(text) as { type: string };
    const schema = Object.entries(eventSchemas).find(([name]) => name === type)?.[1];
    expect(schema?.parse(JSON.parse(text))).toStrictEqual(JSON.parse(text));
  });
});

describe("without a requestId", () => {
  it.each([
    [pong(undefined, 1), `{"type":"pong","timestamp":1,"data":{"timestamp":1}}`],
    [
      errorFrame(undefined, { code: "VALIDATION_ERROR", message: "…" }, 1),
      `{"type":"error","error":{"code":"VALIDATION_ERROR","message":"…"},"data":{"error":{"code":"VALIDATION_ERROR","message":"…"}},"timestamp":1}`,
    ],
    [
      immediateResponse(undefined, 200, "Session", {}, 1),
      `{"type":"immediate_response","status":200,"message":"Session","data":{},"timestamp":1}`,
    ],
    [
      sessionEnded({ sessionId: "s", reason: "revoked" }, 1),
      `{"type":"session_ended","data":{"sessionId":"s","reason":"revoked"},"timestamp":1}`,
    ],
  ])("%j has none, never null", (frame, text) => {
    expect(JSON.stringify(frame)).toBe(text);
  });
});
