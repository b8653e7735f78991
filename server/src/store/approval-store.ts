/** The questions of an organization that wait for an answer. */
export interface ApprovalStore {
  /** A page of them, the first to expire first. Null for a cursor that is none. */
  pendingApprovals(query: ApprovalQuery): Promise<ApprovalPage | null>;
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
