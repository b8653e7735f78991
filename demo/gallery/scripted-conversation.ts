import type {
  AgentPart,
  Conversation,
  ConversationState,
  ToolPart,
} from "@smooth-agent/widget/conversation";

/** A conversation that nobody is behind; a press on it goes as far as it would before the server answers. */
export interface ScriptedConversation {
  conversation: Conversation;
  become(change: Partial<ConversationState>): void;
}

/** @param answers methods that do more than nothing */
export function scriptedConversation(
  initial: Partial<ConversationState> = {},
  answers: Partial<Conversation> = {},
): ScriptedConversation {
  let state: ConversationState = { ...QUIET, ...initial };
  const listeners = new Set<(state: ConversationState) => void>();
  const become = (change: Partial<ConversationState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener(state);
  };
  const changeTool = (is: (part: ToolPart) => boolean, change: Partial<ToolPart>): void =>
    become({ transcript: withTool(state, is, change) });
  const known: Partial<Conversation> = {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    write: (draft) => become({ draft }),
    send(text) {
      const id = `sent ${state.transcript.length}`;
      const entry = { kind: "visitor", id, text, at: Date.now(), delivery: "sending" } as const;
      become({ transcript: [...state.transcript, entry], draft: "" });
    },
    decide: (id, approved) =>
      changeTool(({ toolCallId }) => toolCallId === id, {
        verdict: { state: "sending", approved },
      }),
    answer: (id, values) =>
      changeTool(({ interaction }) => interaction?.interactionId === id, {
        answer: { state: "sending", ...(values && { values }) },
      }),
    rate: (id, rating, comment) => become({ transcript: withRating(state, id, rating, comment) }),
    editLast: () => state.transcript.findLast((entry) => entry.kind === "visitor")?.text,
    unsend(id) {
      const entry = state.transcript.find((each) => each.id === id);
      become({ transcript: state.transcript.filter((each) => each !== entry) });
      return entry?.kind === "visitor" ? entry.text : undefined;
    },
    setAuthContext: () => true,
    ...answers,
  };
  // Whatever else is asked of it comes to nothing.
  const conversation = new Proxy(known, {
    get: (target, name) =>
      name in target ? (Reflect.get(target, name) as unknown) : () => undefined,
  }) as Conversation;
  return { conversation, become };
}

const QUIET: ConversationState = {
  connection: { status: "online" },
  agent: { name: "Clay" },
  transcript: [],
  history: { loading: false, hasMore: false },
  grants: [],
};

function withTool(
  { transcript }: ConversationState,
  is: (part: ToolPart) => boolean,
  change: Partial<ToolPart>,
): ConversationState["transcript"] {
  const changed = (part: AgentPart): AgentPart =>
    part.type === "tool" && is(part) ? { ...part, ...change } : part;
  return transcript.map((entry) =>
    entry.kind === "agent" ? { ...entry, parts: entry.parts.map(changed) } : entry,
  );
}

function withRating(
  { transcript }: ConversationState,
  id: string,
  rating: "up" | "down" | null,
  comment?: string,
): ConversationState["transcript"] {
  return transcript.map((entry) => {
    if (entry.kind !== "agent" || entry.id !== id) return entry;
    const { feedback: _, ...rest } = entry;
    if (rating === null) return rest;
    return { ...rest, feedback: { rating, state: "kept", ...(comment && { comment }) } };
  });
}
