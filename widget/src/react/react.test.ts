import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it, vi } from "vitest";
import { SmoothAgent, useConversation } from "../react.js";

it("is rendered on a server, where nothing is connected", () => {
  const socket = vi.fn<() => void>();
  vi.stubGlobal("WebSocket", socket);
  const Drawn = () => {
    const { state } = useConversation({ endpoint: "wss://x.example", agentId: "a" });
    return createElement("p", null, state.connection.status);
  };
  expect(renderToString(createElement(Drawn))).toBe("<p>idle</p>");
  expect(socket).not.toHaveBeenCalled();
  vi.stubGlobal("WebSocket", undefined);
  vi.stubGlobal("fetch", undefined);
  expect(renderToString(createElement(Drawn))).toBe("<p>idle</p>");
  vi.unstubAllGlobals();
});

it("renders the element's tag with what is slotted into it, and none of its settings", () => {
  const element = createElement(
    SmoothAgent,
    { agentId: "a", className: "chat", authContext: { userId: "ada" }, onOpen: () => {} },
    createElement("b", { slot: "greeting" }, "Hello"),
  );
  expect(renderToString(element)).toBe(
    '<smooth-agent class="chat"><b slot="greeting">Hello</b></smooth-agent>',
  );
});
