import { createRequire } from "node:module";
import { isTerminal, textAt, valueAt, type Fields } from "./history.fixture.js";

type Pass = (name: string) => void;
type Note = (line: Record<string, unknown>) => void;
type Send = (this: unknown, data: unknown, ...rest: unknown[]) => unknown;

/** Names every frame that is about to be sent; express-ws may have a `ws` of its own. */
export function wireFailpoints(pass: Pass, note: Note): void {
  const fromExpressWs = createRequire(import.meta.resolve("express-ws"));
  const { prototype } = fromExpressWs("ws") as { prototype: { send: Send } };
  const send = prototype.send;
  prototype.send = function sendWatched(data, ...rest) {
    const frame = JSON.parse(String(data)) as Fields;
    pass(`before send ${frameName(frame)}`);
    if (isTerminal(frame)) {
      note({ kind: "terminal", type: frame["type"], requestId: frame["requestId"] });
    }
    return send.call(this, data, ...rest);
  };
}

/** Names every question to the model, and the beginning of its answer. */
export function modelFailpoints(pass: Pass, note: Note): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    pass("before model request");
    note({ kind: "model", message: lastMessage(init?.body) });
    const response = await fetch(input, init);
    pass("after model request");
    return response;
  };
}

function frameName(frame: Fields): string {
  const type = String(frame["type"]);
  if (type === "stream_chunk") {
    return valueAt(frame, "data.state.rawResponse.toolCall") ? "toolCall" : "toolResult";
  }
  if (type !== "immediate_response") return type;
  if (frame["status"] === 202) return "ack of send";
  const message = textAt(frame, "message") ?? "";
  return message.startsWith("Tool action") ? "ack of confirm" : `answer ${message}`;
}

/** The visitor's message that the model is to answer. */
function lastMessage(body: unknown): string {
  const { messages = [] } = JSON.parse(String(body)) as {
    messages?: { role: string; content: string }[];
  };
  return messages.findLast(({ role }) => role === "user")?.content ?? "";
}
