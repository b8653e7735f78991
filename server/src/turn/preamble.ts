import { streamPreamble, type StreamPreamble } from "@smooth-agent/protocol";
import type { TurnWithSteps } from "../store/records.js";
import { plainLine } from "./plain-line.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";
import { sideCall } from "./side-call.js";
import { cutText } from "./stored-text.js";

/** Characters of the line. */
const LINE_CHARACTERS = 160;

/** The line of a fast model that covers the wait for an answer: over as soon as the answer begins. */
export class Preamble {
  readonly #stopped = new AbortController();
  #heard = "";
  #told = "";

  /** @param tell publishes an event; never called after {@link stop} */
  constructor(private readonly tell: (event: StreamPreamble) => void) {}

  /** Asks the agent's fast model, if it has one. Returns at once. */
  begin(turn: TurnWithSteps, scene: Scene, ports: TurnPorts): void {
    const { preambleModel: model } = scene.agent;
    if (model === undefined || this.#stopped.signal.aborted) return;
    const question = {
      purpose: "preamble",
      model,
      system: TASK,
      user: cutText(turn.userText, TEXT_CHARACTERS),
      maxOutputTokens: 60,
      timeoutMs: ports.limits.preambleMs,
      onText: (text: string) => this.hear(text, turn.requestId, ports.now()),
    } as const;
    void sideCall(question, turn, scene, ports, this.#stopped.signal);
  }

  /** Takes a piece of what the model says, and tells what is new of its first line. */
  hear(text: string, requestId: string, now: number): void {
    if (this.#stopped.signal.aborted) return;
    this.#heard += text;
    const [first = ""] = this.#heard.trimStart().split(/[\r\n\u2028\u2029]/u);
    const line = cutText(plainLine(first), LINE_CHARACTERS).trimEnd();
    if (line === this.#told || !line.startsWith(this.#told)) return;
    const token = line.slice(this.#told.length);
    this.#told = line;
    this.tell(streamPreamble(requestId, token, now));
  }

  /** The answer has begun, or will not come: nothing more is told, and the model is not asked on. */
  stop(): void {
    this.#stopped.abort();
  }
}

const TASK =
  "Another assistant is about to answer the visitor's message. Cover the wait with one short sentence in the visitor's language that says what is being looked into. Answer nothing, promise nothing, ask nothing, and do not greet.";

/** Characters of the message that the model is told. */
const TEXT_CHARACTERS = 2_000;
