import { LLMock, type FixtureResponse, type StreamingProfile } from "@copilotkit/aimock";
import { reply } from "./reply.js";

export interface ScriptedModelOptions {
  /** 0 takes any free port. */
  port: number;
  /** Milliseconds before the first token. Default 300. */
  ttftMs?: number;
  /** Tokens of about four characters a second. Default 40. */
  tokensPerSecond?: number;
  /** The whole answer to a visitor's words that the script does not know; undefined leaves them to it. */
  says?: (text: string) => string | undefined;
}

export interface ScriptedModel {
  /** The OpenAI-compatible base address, to be used as OPENAI_BASE_URL. */
  url: string;
  close(): Promise<void>;
}

/** Starts a language model that follows a script: a real HTTP server on 127.0.0.1, paced like one. */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const { port, ttftMs = 300, tokensPerSecond = 40, says } = options;
  const streamingProfile: StreamingProfile = { ttft: ttftMs, tps: tokensPerSecond };
  const server = new LLMock({ host: "127.0.0.1", port, chunkSize: 4, journalMaxEntries: 20 });
  server.on(
    { endpoint: "chat" },
    (request): FixtureResponse => {
      const asked = request.messages.at(-1);
      const said = asked?.role === "user" && says?.(JSON.stringify(asked.content));
      if (said) return { content: said };
      const { text, calls } = reply(request);
      const toolCalls = calls.map((call) => ({
        name: call.name,
        arguments: JSON.stringify(call.arguments),
      }));
      if (toolCalls.length === 0) return { content: text };
      return text === "" ? { toolCalls } : { content: text, toolCalls };
    },
    { streamingProfile },
  );
  const url = await server.start();
  return { url: `${url}/v1`, close: () => server.stop() };
}
