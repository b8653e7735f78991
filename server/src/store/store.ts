import type { AgentStore } from "./agent-store.js";
import type { ApprovalStore } from "./approval-store.js";
import type { ClientCallStore } from "./client-call-store.js";
import type { ConversationStore } from "./conversation-store.js";
import type { DecisionStore } from "./decision-store.js";
import type { FeedbackStore } from "./feedback-store.js";
import type { GrantStore } from "./grant-store.js";
import type { HandOffStore } from "./hand-off-store.js";
import type { HostConversationStore } from "./host-conversation-store.js";
import type { InteractionStore } from "./interaction-store.js";
import type { LeaseStore } from "./lease-store.js";
import type { MessageStore } from "./message-store.js";
import type { OrganizationStore } from "./organization-store.js";
import type { OtpStore } from "./otp-store.js";
import type { OutcomeStore } from "./outcome-store.js";
import type { SessionEndStore } from "./session-end-store.js";
import type { SessionStore } from "./session-store.js";
import type { TitleStore } from "./title-store.js";
import type { ToolCallStore } from "./tool-call-store.js";
import type { TurnStore } from "./turn-store.js";
import type { UsageStore } from "./usage-store.js";
import type { VisitorStore } from "./visitor-store.js";
import type { WorkflowStore } from "./workflow-store.js";

export * from "./agent-store.js";
export * from "./approval-store.js";
export * from "./client-call-store.js";
export * from "./conversation-store.js";
export * from "./decision-store.js";
export * from "./feedback-store.js";
export * from "./grant-store.js";
export * from "./hand-off-store.js";
export * from "./host-conversation-store.js";
export * from "./interaction-store.js";
export * from "./lease-store.js";
export * from "./message-store.js";
export * from "./organization-store.js";
export * from "./otp-store.js";
export * from "./outcome-store.js";
export * from "./session-end-store.js";
export * from "./session-store.js";
export * from "./title-store.js";
export * from "./tool-call-store.js";
export * from "./turn-store.js";
export * from "./usage-store.js";
export * from "./visitor-store.js";
export * from "./workflow-store.js";

/**
 * Everything that outlives the process, noun by noun. Each method is one transaction; each change of a
 * turn or a tool call is one conditional update, so that two writers can never both win.
 *
 * Every method but `open` throws {@link StorageError} when the database fails.
 */
export interface Store
  extends
    AgentStore,
    ApprovalStore,
    ClientCallStore,
    ConversationStore,
    DecisionStore,
    FeedbackStore,
    GrantStore,
    HandOffStore,
    HostConversationStore,
    InteractionStore,
    LeaseStore,
    MessageStore,
    OrganizationStore,
    OtpStore,
    OutcomeStore,
    SessionEndStore,
    SessionStore,
    TitleStore,
    ToolCallStore,
    TurnStore,
    UsageStore,
    VisitorStore,
    WorkflowStore {
  /**
   * Connects and brings the schema up to date; called once, before anything else.
   * @throws {StoreOpenError} when another server has the database, or it cannot be migrated
   */
  open(): Promise<void>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
