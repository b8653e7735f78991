import type {
  ClientTool as Declared,
  ServerEvent,
  SessionDescriptor,
} from "@smooth-agent/protocol";
import { ClientToolError } from "./client-tool-error.js";
import type { RequestError } from "./request-error.js";
import type { Ask } from "./requests.js";
import { newId } from "./runtime.js";

/** A function of the page that the agent may call; what it gets was written by a model. */
export interface ClientTool {
  /** What it does, for the model. */
  description: string;
  /** A JSON Schema of an object: what does not keep it is never passed on. No arguments when absent. */
  parameters?: Record<string, unknown>;
  /** Whether the visitor is asked first. */
  confirm?: boolean;
  /**
   * Called once for each call of the agent, also across reconnects.
   *
   * @param context its signal is aborted when the turn is over and nobody waits any more
   * @returns text or anything JSON, for the model. A thrown `ClientToolError` is told to it as it is.
   */
  run(args: Record<string, unknown>, context: { signal: AbortSignal }): unknown;
}

/** By the names that the agent calls them by: letters, digits, `_` and `-`, at most 48 characters. */
export type ClientTools = Readonly<Record<string, ClientTool>>;

/** The functions of the page, over all connections of a client. */
export interface PageTools {
  /** What the server is told of them; undefined where there are none. */
  declared: Declared[] | undefined;
  hear(event: ServerEvent): void;
  /** The session is taken up: submits what could not be, and lets go of turns that are over. */
  ready(descriptor: SessionDescriptor): void;
}

/** @param sessionId the session to submit in; undefined while there is none to submit to */
export function createPageTools(
  tools: ClientTools | undefined,
  ask: Ask,
  sessionId: () => string | undefined,
): PageTools {
  const calls = new Map<string, Call>();

  return {
    declared:
      tools &&
      Object.entries(tools).map(([name, { description, parameters, confirm }]) => {
        return { name, description, parameters, confirm };
      }),

    hear(event) {
      if (event.type === "client_tool_call") void take(event.data);
      if (event.type === "cancelled" || event.type === "eventual_response") {
        abort((requestId) => requestId === event.requestId);
      }
    },

    ready({ activeTurn }) {
      abort((requestId) => requestId !== activeTurn?.requestId);
      for (const [toolCallId, call] of calls) void submit(toolCallId, call);
    },
  };

  async function take({ requestId, toolCallId, name, arguments: args }: CallData): Promise<void> {
    if (!tools || calls.has(toolCallId)) return;
    const call: Call = { requestId, controller: new AbortController(), asking: false };
    calls.set(toolCallId, call);
    call.told = await outcomeOf(tools, name, args, call.controller.signal);
    await submit(toolCallId, call);
  }

  async function submit(toolCallId: string, call: Call): Promise<void> {
    const session = sessionId();
    if (!session || !call.told || call.asking) return;
    call.asking = true;
    try {
      const action = "submit_tool_result";
      await ask({ action, requestId: newId(), sessionId: session, toolCallId, ...call.told });
      call.told = undefined;
    } catch (error) {
      // Whether a submit arrived that was not answered, only another one can tell.
      const { descriptor, origin } = error as RequestError;
      if (origin === "server" && !descriptor.retryable) call.told = undefined;
      else if (origin !== "lost") setTimeout(() => void submit(toolCallId, call), AGAIN_MS);
    } finally {
      call.asking = false;
    }
  }

  function abort(isOver: (requestId: string) => boolean): void {
    for (const { requestId, controller } of calls.values()) {
      if (isOver(requestId)) controller.abort();
    }
  }
}

/** Milliseconds after which what the server could not take is submitted again. */
const AGAIN_MS = 1_000;

/** Characters of a result, as many as the server keeps. */
const MOST_CHARACTERS = 16_000;

interface Call {
  requestId: string;
  controller: AbortController;
  /** Whether its result is on the wire. */
  asking: boolean;
  /** What came of it, until the server has it or does not want it. */
  told?: Told;
}

type CallData = Extract<ServerEvent, { type: "client_tool_call" }>["data"];
type Told = { result: string; isError?: true };

async function outcomeOf(
  tools: ClientTools,
  name: string,
  args: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Told> {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (!tool) return { result: "The page has no such function.", isError: true };
  try {
    const value = await tool.run(args, { signal });
    return { result: sendable(typeof value === "string" ? value : (JSON.stringify(value) ?? "")) };
  } catch (error) {
    const isTold = error instanceof ClientToolError;
    const result = isTold ? sendable(error.message) : "The page's function failed.";
    return { result, isError: true };
  }
}

/** What fits into one frame and every database keeps: half characters and controls do not. */
function sendable(text: string): string {
  return text.slice(0, MOST_CHARACTERS + 1).replace(/[^\P{Cc}\n\r\t]|\p{Cs}/gu, " ");
}
