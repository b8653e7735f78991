import { WebSocket, type ClientOptions } from "ws";

/** A frame as it came, its timestamps checked and replaced by 1 in `text`, as PROTOCOL.md writes them. */
export interface Frame {
  type: string;
  text: string;
  event: Record<string, unknown>;
}

export interface Ending {
  code: number;
  reason: string;
}

/**
 * A client that knows the contract and nothing of our own client: it hands out the very next frame,
 * never skips one, and keeps every one it got.
 */
export class CoreClient {
  readonly frames: Frame[] = [];
  readonly closed: Promise<Ending>;
  #read = 0;
  #ending: Ending | undefined;
  #wake: () => void = () => undefined;

  constructor(readonly socket: WebSocket) {
    socket.on("message", (data, isBinary) => {
      if (isBinary) throw new Error("The server sent a binary frame.");
      this.frames.push(frameOf(String(data)));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        this.#ending = { code, reason: String(reason) };
        resolve(this.#ending);
        this.#wake();
      });
    });
  }

  /** @throws when the handshake is refused; see {@link refusedHandshake} */
  static async open(url: string, options: ClientOptions = {}): Promise<CoreClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    const client = new CoreClient(socket);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.on("error", () => undefined);
    return client;
  }

  /** Sends text as it is, anything else as JSON. */
  send(frame: unknown): void {
    this.socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The very next frame that was not read yet. */
  async next(timeoutMs = 8_000): Promise<Frame> {
    const late = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const frame = this.frames[this.#read];
      if (frame) {
        this.#read += 1;
        return frame;
      }
      if (this.#ending) throw new Error(`closed with ${this.#ending.code} while a frame was due`);
      if (late.aborted) throw new Error(`no frame within ${timeoutMs} ms`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        late.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  async ask(action: Record<string, unknown>): Promise<Frame> {
    this.send(action);
    return this.next();
  }

  /** The next frames up to and with the first of one of these types. */
  async until(...types: string[]): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (;;) {
      const frame = await this.next();
      frames.push(frame);
      if (types.includes(frame.type)) return frames;
    }
  }

  /** The next frames up to and with the turn's terminal one. */
  rest(): Promise<Frame[]> {
    return this.until("eventual_response", "cancelled", "error");
  }

  /**
   * Proves that nothing is unread: the next frame answers this client's own question. With a session,
   * that question waits behind everything the session was asked before.
   */
  async quiet(sessionId?: string): Promise<void> {
    const requestId = `quiet-${this.frames.length}`;
    const question = sessionId === undefined ? "ping" : "get_session";
    const answer = await this.ask({ action: question, requestId, sessionId });
    if (answer.event["requestId"] !== requestId) throw new Error(`unexpected: ${answer.text}`);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** The value at a dotted path of a frame; undefined where there is none. */
export function at(frame: Frame, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
  }, frame.event);
}

export function textAt(frame: Frame, path: string): string {
  const value = at(frame, path);
  if (typeof value !== "string") throw new Error(`no text at ${path} of ${frame.text}`);
  return value;
}

/** What a frame tells, in one short line, to compare orders by. */
export function outline(frame: Frame): string {
  const requestId = String(frame.event["requestId"]);
  const error = at(frame, "error.code");
  switch (frame.type) {
    case "immediate_response":
      return `${requestId}: ${textAt(frame, "message")}`;
    case "stream_token":
      return JSON.stringify(textAt(frame, "token"));
    case "stream_chunk": {
      const raw = "data.state.rawResponse";
      if (at(frame, `${raw}.toolCall`)) return `call ${textAt(frame, "node")}`;
      const isError = at(frame, `${raw}.toolResult.isError`) === true;
      return `${isError ? "failure" : "result"} ${textAt(frame, "node")}`;
    }
    case "write_confirmation_required":
      return `question ${textAt(frame, "data.data.toolId")}`;
    case "interaction_required":
      return `form ${textAt(frame, "data.data.kind")}`;
    default:
      return [requestId, frame.type, error].filter((part) => part !== undefined).join(" ");
  }
}

export const outlines = (frames: readonly Frame[]): string[] => frames.map(outline);

function frameOf(raw: string): Frame {
  const event = JSON.parse(raw) as Record<string, unknown>;
  const text = raw.replaceAll(/"timestamp":\d{13}(?=[,}])/g, '"timestamp":1');
  if (!text.includes('"timestamp":1')) throw new Error(`no timestamp in milliseconds: ${raw}`);
  return { type: String(event["type"]), text, event };
}
