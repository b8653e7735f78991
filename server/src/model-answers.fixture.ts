import type { ServerResponse } from "node:http";
import {
  delta,
  DONE,
  streamed,
  usageEvent,
  type ModelAnswer,
} from "./gateway/model-server.fixture.js";

/** A tool call as a model writes it: arguments as JSON text, or as a value. */
export interface WrittenCall {
  name: string;
  arguments?: unknown;
  id?: string;
}

/** Says these tokens and stops; 10 prompt and 5 completion tokens. */
export function says(...tokens: string[]): ModelAnswer {
  return streamed(...tokens.map(token), ...end("stop"));
}

/** Calls tools, all in one step. */
export function calls(...written: WrittenCall[]): ModelAnswer {
  return saysAndCalls([], ...written);
}

/** Says these tokens, then calls tools in the same step. */
export function saysAndCalls(tokens: string[], ...written: WrittenCall[]): ModelAnswer {
  return streamed(...tokens.map(token), ...written.map(toolCall), ...end("tool_calls"));
}

/** Says these tokens and ends for another reason than that it said everything. */
export function endsWith(reason: string, ...tokens: string[]): ModelAnswer {
  return streamed(...tokens.map(token), ...end(reason));
}

/** Answers each model with its own answers, one each; the last of a model serves all that follow. */
export function byModel(answers: Record<string, ModelAnswer[]>): ModelAnswer {
  return (response, request) => {
    const own = answers[String(request.body["model"])] ?? [];
    const answer = own.length > 1 ? own.shift() : own[0];
    return answer ? answer(response, request) : response.writeHead(500).end();
  };
}

/** An answer that a test writes piece by piece. */
export interface HeldAnswer {
  answer: ModelAnswer;
  say(...tokens: string[]): Promise<void>;
  finish(): Promise<void>;
  /** Breaks the connection in the middle of the answer. */
  cut(): Promise<void>;
}

export function heldAnswer(): HeldAnswer {
  let open: (response: ServerResponse) => void;
  const response = new Promise<ServerResponse>((resolve) => (open = resolve));
  return {
    answer(incoming) {
      incoming.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      open(incoming);
    },
    async say(...tokens) {
      const stream = await response;
      for (const text of tokens) stream.write(token(text));
    },
    async finish() {
      const stream = await response;
      stream.end(end("stop").join(""));
    },
    async cut() {
      (await response).destroy();
    },
  };
}

function token(content: string): string {
  return delta({ content });
}

function toolCall({ name, arguments: args = {}, id }: WrittenCall, index: number): string {
  const text = typeof args === "string" ? args : JSON.stringify(args);
  const call = { index, id: id ?? `call_${index}`, type: "function" };
  return delta({ tool_calls: [{ ...call, function: { name, arguments: text } }] });
}

function end(reason: string): string[] {
  return [delta({}, reason), usageEvent(10, 5), DONE];
}
