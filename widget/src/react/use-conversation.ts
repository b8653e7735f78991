import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import type { Conversation, ConversationState } from "../state/conversation-state.js";
import { EMPTY_CONVERSATION } from "../state/reduce.js";
import { holdConversation, targetOf, type UseConversationOptions } from "./held-conversation.js";
import { useBeforePaint } from "./use-before-paint.js";

export type { UseConversationOptions };

export interface ConversationHandle {
  /** What is shown now; another object after every change. */
  state: ConversationState;
  /** What the visitor may do; the same object for as long as it is the same conversation. */
  conversation: Conversation;
}

/**
 * A conversation of this component's own: opened when it is mounted, closed when it is unmounted.
 *
 * Another `endpoint` (when it is no function), `agentId` or `conversationId` begins another one. Another
 * `authContext` is told to it; when that names another visitor, nothing of the former one's is shown any
 * more. An object or function counts as another one by its identity: keep it with `useMemo` or
 * `useCallback`. All other options are read when a conversation begins.
 */
export function useConversation(options: UseConversationOptions): ConversationHandle {
  const [held, hold] = useState(() => holdConversation(options));
  if (held.target !== targetOf(options)) hold(holdConversation(options));
  const { conversation } = held;

  useBeforePaint(() => {
    const { authContext } = options;
    held.latest = options;
    if (held.target !== targetOf(options) || held.authContext === authContext) return;
    held.authContext = authContext;
    const judge = (goesOn: boolean) => {
      if (!goesOn) hold((now) => (now === held ? holdConversation(held.latest) : now));
    };
    const goesOn = conversation.setAuthContext(authContext);
    if (typeof goesOn === "boolean") judge(goesOn);
    else void goesOn.then(judge);
  });

  useEffect(() => {
    let wanted = true;
    let opened = false;
    // React may unmount at once to see whether that is survived: then no socket was opened for nothing.
    queueMicrotask(() => {
      if (!wanted) return;
      opened = true;
      conversation.open();
    });
    return () => {
      wanted = false;
      if (opened) conversation.close();
    };
  }, [conversation]);

  const subscribe = useCallback(
    (changed: () => void) => conversation.subscribe(changed),
    [conversation],
  );
  const state = useSyncExternalStore(
    subscribe,
    () => conversation.state,
    () => EMPTY_CONVERSATION,
  );
  return { state, conversation };
}
