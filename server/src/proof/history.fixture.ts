/** Everything that is known of one run from outside the program: what a checker judges. */
export interface History {
  transcripts: readonly Transcript[];
  rows: Rows;
  journal: readonly JournalLine[];
  /** The tools of the shop; none of them fails by itself. */
  tools: Readonly<Record<string, { gated: boolean; idempotent: boolean }>>;
}

/** What one connection sent and got, in its order. */
export interface Transcript {
  name: string;
  /** Whether the connection still stood when the run was over. */
  isOpen: boolean;
  entries: Entry[];
}

export interface Entry {
  /** Unix milliseconds. */
  at: number;
  way: "sent" | "got";
  frame: Fields;
}

export type Fields = Record<string, unknown>;

/** What processes wrote down outside of the database at the instant it happened, in that order. */
export type JournalLine = { pid: number; at: number } & (
  | { kind: "start" }
  /** A tool took effect. */
  | { kind: "effect"; tool: string; args: Fields; idempotencyKey: string }
  /** The model is about to be asked. */
  | { kind: "model"; message: string }
  /** A terminal frame is about to be sent. */
  | { kind: "terminal"; type: string; requestId: string }
);

export type Effect = Extract<JournalLine, { kind: "effect" }>;

export interface Rows {
  conversations: { id: string; nextSeq: number; activeTurnId: string | null }[];
  sessions: { id: string; conversationId: string }[];
  messages: MessageRow[];
  turns: TurnRow[];
  steps: { id: string; turnId: string; index: number; text: string; finishReason: string }[];
  toolCalls: ToolCallRow[];
  decisions: DecisionRow[];
  grants: GrantRow[];
}

export interface MessageRow {
  id: string;
  conversationId: string;
  seq: number;
  direction: string;
  text: string;
  status: string;
  turnId: string | null;
}

export interface TurnRow {
  id: string;
  conversationId: string;
  seq: number;
  requestId: string;
  state: string;
  owner: string | null;
  attempts: number;
  terminal: string | null;
  endedAt: number | null;
}

export interface ToolCallRow {
  id: string;
  stepId: string;
  turnId: string;
  conversationId: string;
  name: string;
  arguments: string;
  state: string;
  digest: string;
  confirmation: string | null;
  originalConfirmation: string | null;
  editedArguments: string | null;
  editedDigest: string | null;
  interaction: string | null;
  grantId: string | null;
  result: string | null;
  expiresAt: number | null;
  approved: boolean | null;
  decidedBy: string | null;
  decidedAt: number | null;
  startedAt: number | null;
}

export interface GrantRow {
  id: string;
  conversationId: string;
  toolName: string;
  /** The call that was approved with it. */
  toolCallId: string;
  createdAt: number;
  endedAt: number | null;
}

export interface DecisionRow {
  toolCallId: string;
  conversationId: string;
  turnId: string;
  toolName: string;
  argumentsDigest: string;
  editedDigest: string | null;
  grantId: string | null;
  approved: boolean;
  decidedBy: string;
  sessionId: string | null;
  outcome: string | null;
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(fields: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
  }, fields);
}

export function textAt(fields: unknown, path: string): string | undefined {
  const value = valueAt(fields, path);
  return typeof value === "string" ? value : undefined;
}

/** The marks in a text: every text of a conversation carries the conversation's own, such as `<c12>`. */
export function marksIn(text: string): string[] {
  return [...new Set(text.match(/<c\w+>/g))];
}

/** What was sent or got by any connection, with where it stands in its transcript. */
export function entriesOf(transcripts: readonly Transcript[], way: Entry["way"]) {
  return transcripts.flatMap((transcript) =>
    transcript.entries
      .map((entry, index) => ({ ...entry, index, transcript }))
      .filter((entry) => entry.way === way),
  );
}

/** The conversations of the sessions that a connection was admitted to. */
export function conversationsOf({ entries }: Transcript): Set<string> {
  const ids = entries
    .filter(({ way, frame }) => way === "got" && frame["type"] === "immediate_response")
    .map(({ frame }) => textAt(frame, "data.conversationId"));
  return new Set(ids.filter((id) => id !== undefined));
}

const TERMINALS = ["eventual_response", "cancelled", "error"];
const NEVER_TERMINAL = [
  "TURN_IN_PROGRESS",
  "NO_PENDING_CONFIRMATION",
  "CONFIRMATION_MISMATCH",
  "VALIDATION_ERROR",
  "UNAVAILABLE",
];

/** Whether a frame ends the turn that its requestId names. */
export function isTerminal(frame: Fields): boolean {
  const code = textAt(frame, "error.code") ?? "";
  return TERMINALS.includes(String(frame["type"])) && !NEVER_TERMINAL.includes(code);
}
