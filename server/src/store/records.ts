import type { ToolCallState } from "@smooth-agent/protocol";

/** A visitor's admission to a conversation, with what every request needs of that conversation. */
export interface SessionRecord {
  id: string;
  conversationId: string;
  organizationId: string;
  agentId: string;
  agentName: string;
  userParticipantId: string;
  agentParticipantId: string;
  /** The verified user the session was opened by. */
  userId: string | null;
  status: "active" | "ended";
  supports: string[];
}

export interface MessageRecord {
  id: string;
  conversationId: string;
  direction: "inbound" | "outbound";
  text: string;
  createdAt: Date;
}

export type TurnState = "running" | "parked" | "completed" | "failed" | "cancelled";

export interface TurnRecord {
  id: string;
  conversationId: string;
  sessionId: string;
  requestId: string;
  state: TurnState;
  attempts: number;
  model: string | null;
  /** The terminal event as JSON text, once ended. */
  terminal: string | null;
}

export interface ToolCallRecord {
  id: string;
  index: number;
  providerId: string;
  name: string;
  /** What the tool is called for the visitor; null when it does not say. */
  title: string | null;
  /** JSON text as the model wrote it. */
  arguments: string;
  state: ToolCallState;
  digest: string;
  /** JSON text of what the visitor was shown; null until it parks. */
  confirmation: string | null;
  expiresAt: Date | null;
  approved: boolean | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  reason: string | null;
  result: string | null;
  isError: boolean | null;
}

export interface StepRecord {
  id: string;
  index: number;
  text: string;
  reasoning: string;
  finishReason: string;
  promptTokens: number | null;
  completionTokens: number | null;
  costUsd: number | null;
  /** In the order the model asked for them. */
  toolCalls: ToolCallRecord[];
}

/** A turn with everything it has persisted, steps in order. */
export interface TurnWithSteps extends TurnRecord {
  userText: string;
  steps: StepRecord[];
}
