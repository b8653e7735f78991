/** Where conversations stand in their agents' workflows. Nothing that a client sends comes here. */
export interface WorkflowStore {
  /** Where a conversation stands with an agent; it enters at `stepId` when it never was in a workflow. */
  workflowPosition(
    conversationId: string,
    agentId: string,
    stepId: string,
  ): Promise<WorkflowPosition>;
  /** Moves from one position to another; false when it stands elsewhere by now. */
  moveWorkflow(conversationId: string, move: WorkflowMove): Promise<boolean>;
}

export interface WorkflowPosition {
  /** Empty when the last step is done. */
  stepId: string;
  /** Turns that ended in this step and were not found to do it. */
  holds: number;
}

export interface WorkflowMove {
  agentId: string;
  from: WorkflowPosition;
  to: WorkflowPosition;
}
