import { gatewayContract, type GatewayScript } from "./gateway.contract.js";
import { DONE, delta, modelServer, opened, refused, streamed } from "./model-server.fixture.js";
import type { ModelAnswer } from "./model-server.fixture.js";
import { openaiGateway } from "./openai-gateway.js";

gatewayContract("openaiGateway", async () => {
  const server = await modelServer();
  return {
    gateway: openaiGateway({ apiKey: "k", baseURL: server.url, limits: { backoffMs: 1 } }),
    next: (script) => server.script(answerTo(script)),
    async givenUp() {
      const sent = await (await server.request(0)).closed;
      if (sent) throw new Error("the response was sent to its end");
    },
    close: () => server.close(),
  };
});

function answerTo({ texts, toolCalls = [], ending }: GatewayScript): ModelAnswer {
  const events = [
    delta({ role: "assistant", content: null }),
    ...texts.map((content) => delta({ content })),
    ...toolCalls.map(({ id, name, arguments: args }, index) =>
      delta({
        tool_calls: [{ index, id, type: "function", function: { name, arguments: args } }],
      }),
    ),
  ];
  switch (ending) {
    case "key refused":
      return refused(401);
    case "request refused":
      return refused(400);
    case "cut":
      return streamed(...events);
    case "silent":
      return opened(...events);
    case "stop":
    case "tool_calls":
    case "length":
      break;
  }
  return streamed(...events, delta({}, ending), DONE);
}
