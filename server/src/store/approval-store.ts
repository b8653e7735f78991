/** The questions of an organization about its tool calls. */
export interface ApprovalStore {
  /** A page of them, the first to expire first. Null for a cursor that is none. */
  pendingApprovals(query: ApprovalQuery): Promise<ApprovalPage | null>;
  /** A question of an organization's that was asked, also one that was answered; null for none of it. */
  askedQuestion(organizationId: string, toolCallId: string): Promise<AskedQuestion | null>;
  /** How many questions wait for a verified visitor in all their conversations, counted up to `most`. */
  waitingQuestions(organizationId: string, userId: string, most: number): Promise<number>;
}

export interface ApprovalQuery {
  organizationId: string;
  conversationId?: string;
  /** 1..100 */
  limit: number;
  /** The `nextCursor` of the page before. */
  cursor?: string;
}

export interface ApprovalPage {
  approvals: PendingApproval[];
  nextCursor: string | null;
}

/** A tool call that waits for its visitor. */
export interface PendingApproval {
  toolCallId: string;
  toolName: string;
  /** SHA-256 of its arguments, hex: what a verdict is bound to. */
  argumentsDigest: string;
  /** JSON text of what the visitor is shown. */
  confirmation: string | null;
  expiresAt: Date;
  turnId: string;
  requestId: string;
  conversationId: string;
  agentId: string;
  /** The verified visitor the conversation belongs to. */
  ownerId: string | null;
}

export interface AskedQuestion extends PendingApproval {
  /** Whether it still waits for its answer. */
  isPending: boolean;
}
