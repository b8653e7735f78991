import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readAnswer } from "./answer-stream.js";
import { partsOf, textOf } from "./gateway.contract.js";
import type { GatewayPart } from "./gateway.js";
import { gatewayLimits } from "./gateway-limits.js";
import { DONE, delta, event, modelServer, streamed, usageEvent } from "./model-server.fixture.js";
import type { ModelServer } from "./model-server.fixture.js";
import { openaiGateway } from "./openai-gateway.js";
import { Watchdog } from "./watchdog.js";

const said = "Grüße 👩‍🚀 — 世界, “naïve” 𝒳\nend";
const thought = "hm… 🤔";
const call = { id: "call_1", name: "look", arguments: '{"at":"東京 🗼","n":[1,{"x":"}"}]}' };

const wholeAnswer =
  delta({ role: "assistant", content: "" }) +
  Array.from(thought)
    .map((reasoning_content) => delta({ reasoning_content }))
    .join("") +
  Array.from(said)
    .map((content) => delta({ content }))
    .join("") +
  delta({
    tool_calls: [{ index: 0, id: call.id, function: { name: call.name, arguments: "" } }],
  }) +
  Array.from(call.arguments)
    .map((args) => delta({ tool_calls: [{ index: 0, function: { arguments: args } }] }))
    .join("") +
  delta({}, "tool_calls") +
  usageEvent(12, 34) +
  DONE;

const crlf = (stream: string) => stream.replaceAll("\n", "\r\n");
const cr = (stream: string) => stream.replaceAll("\n", "\r");
const commented = (stream: string) =>
  stream.replaceAll("data:", ": keep-alive\n\n: \nid: 7\ndata:");
const forms = { lf: wholeAnswer, crlf: crlf(wholeAnswer), cr: cr(wholeAnswer) };

const wholeGist = {
  text: said,
  reasoning: thought,
  finish: {
    type: "finish",
    reason: "tool_calls",
    toolCalls: [call],
    usage: { costUsd: 0, promptTokens: 12, completionTokens: 34 },
  },
};

function gist(parts: readonly GatewayPart[]): object {
  return { text: textOf(parts), reasoning: textOf(parts, "reasoning"), finish: parts.at(-1) };
}

describe("an answer is the same however it is cut", () => {
  test.each(Object.entries(forms))("%s, at every byte", async (_form, stream) => {
    const bytes = Buffer.from(stream);
    expect(gist(await read([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(wholeGist);
  });

  test("anywhere, with comments or without", async () => {
    const stream = fc.constantFrom(...Object.values(forms), commented(wholeAnswer));
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 60 }), async (text, cuts) => {
        expect(gist(await read(cutAt(Buffer.from(text), cuts)))).toEqual(wholeGist);
      }),
      { numRuns: 150 },
    );
  });

  test("in UTF-16 halves that the provider sent apart", async () => {
    const halves = Array.from({ length: said.length }, (_, at) => said[at]);
    const stream = halves.map((content) => delta({ content })).join("") + delta({}, "stop") + DONE;
    const parts = await read([Buffer.from(stream)]);
    expect(textOf(parts)).toBe(said);
    expect(parts.every((part) => part.type === "finish" || part.text.isWellFormed())).toBe(true);
  });

  test("without a line end after its last event", async () => {
    const parts = await read([Buffer.from(delta({ content: "Hi" }, "stop").trimEnd())]);
    expect(gist(parts)).toMatchObject({ text: "Hi", finish: { reason: "stop" } });
  });

  test("up to an event that fails, wherever that comes", async () => {
    const bytes = Buffer.from(delta({ content: "H" }) + delta({ content: "i" }) + event("{"));
    for (const pieces of [[bytes], cutAt(bytes, [bytes.length - 5]), cutAt(bytes, [40])]) {
      const parts: GatewayPart[] = [];
      await expect(read(pieces, parts)).rejects.toMatchObject({ fault: "unavailable" });
      expect(textOf(parts)).toBe("Hi");
    }
  });

  test("a prefix is never a whole answer, and never anything but a prefix", async () => {
    const bytes = Buffer.from(wholeAnswer);
    const finishAt = wholeAnswer.indexOf('"finish_reason":"tool_calls"');
    const lastByte = Buffer.byteLength(wholeAnswer.slice(0, finishAt));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: lastByte }), fc.array(fc.nat()), async (length, cuts) => {
        const parts: GatewayPart[] = [];
        const cut = read(cutAt(bytes.subarray(0, length), cuts), parts);
        await expect(cut).rejects.toMatchObject({ fault: "unavailable" });
        expect(said.startsWith(textOf(parts))).toBe(true);
        expect(parts.some((part) => part.type === "finish")).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

describe("over a real socket", () => {
  let server: ModelServer;
  beforeEach(async () => {
    server = await modelServer();
  });
  afterEach(() => server.close());

  test("an answer is the same in any number of pieces", async () => {
    const gateway = openaiGateway({ apiKey: "k", baseURL: server.url });
    const stream = fc.constantFrom(forms.lf, forms.crlf, commented(forms.crlf));
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 40 }), async (text, cuts) => {
        server.script(streamed(...cutAt(Buffer.from(text), cuts)));
        expect(gist(await partsOf(gateway))).toEqual(wholeGist);
      }),
      { numRuns: 25 },
    );
  });

  test("one byte per write", async () => {
    const short =
      event({ choices: [{ delta: { content: "世🗼" }, finish_reason: "stop" }] }) + DONE;
    server.script(streamed(...[...Buffer.from(short)].map((byte) => Uint8Array.of(byte))));
    const parts = await partsOf(openaiGateway({ apiKey: "k", baseURL: server.url }));
    expect(parts).toEqual([
      { type: "text", text: "世🗼" },
      { type: "finish", reason: "stop", toolCalls: [] },
    ]);
  });
});

async function read(
  pieces: readonly Uint8Array[],
  parts: GatewayPart[] = [],
): Promise<GatewayPart[]> {
  const limits = gatewayLimits();
  const watchdog = new Watchdog(
    limits,
    performance.now() + limits.totalMs,
    new AbortController().signal,
  );
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const response = new Response(body, { headers: { "content-type": "text/event-stream" } });
  try {
    for await (const batch of readAnswer(response, watchdog, limits)) parts.push(...batch);
    return parts;
  } finally {
    watchdog.release();
  }
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const points = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...points].map((from, at) => bytes.subarray(from, points[at] ?? bytes.length));
}
