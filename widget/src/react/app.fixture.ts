import { createElement, StrictMode, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import type { SmoothAgentElement } from "../elements/smooth-agent.js";
import type { ConversationState } from "../state/conversation-state.js";
import { SmoothAgent, type SmoothAgentProps } from "./smooth-agent.js";
import { useConversation, type ConversationHandle } from "./use-conversation.js";
import type { UseConversationOptions } from "./held-conversation.js";

// What the tests of the page drive; it runs in the page.

type Options = Omit<UseConversationOptions, "storage">;

/** What every committed render showed, in order. */
export const renders: ConversationState[] = [];
export const heard: string[] = [];
export let handle: ConversationHandle | undefined;
export let element: SmoothAgentElement | null = null;

const root = createRoot(document.getElementById("root")!);
let shows: ReactNode = null;

/** Renders a component that draws the conversation by itself. */
export function showHook(options: Options): void {
  show(createElement(Drawn, options));
}

/** Renders the element. */
export function showElement(props: SmoothAgentProps, word = "first"): void {
  const handlers: SmoothAgentProps = {
    onOpen: (event) => heard.push(`${word} ${event.type}`),
    onTurnEnd: (event) => heard.push(`${word} ${event.type} ${event.status}`),
  };
  show(
    createElement(SmoothAgent, {
      ...handlers,
      ...props,
      ref: (node: SmoothAgentElement | null) => void (element = node),
    }),
  );
}

/** Mounts and unmounts before anything else may happen. */
export function flashHook(options: Options): void {
  flushSync(() => showHook(options));
  flushSync(unmount);
}

export function unmount(): void {
  show(null);
}

function show(node: ReactNode): void {
  shows = node;
  root.render(createElement(StrictMode, null, shows));
}

function Drawn(options: Options): ReactNode {
  handle = useConversation(options);
  const { state } = handle;
  renders.push(state);
  const texts = state.transcript.map((entry) =>
    entry.kind === "agent"
      ? entry.parts.map((part) => (part.type === "text" ? part.text : "")).join("")
      : entry.text,
  );
  return createElement(
    "main",
    { "data-status": state.connection.status },
    texts.map((text, index) => createElement("p", { key: index }, text)),
  );
}
