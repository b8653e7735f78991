import type { WorkflowPosition } from "../store/workflow-store.js";
import type { Workflow, WorkflowStep } from "./workflow.js";

/** Where a conversation stands in a workflow, as the workflow is written now. */
export interface WorkflowPlace {
  workflow: Workflow;
  /** Null when every step is done. */
  step: WorkflowStep | null;
  /** Turns that this step was held for. */
  holds: number;
  /** As it is stored. */
  position: WorkflowPosition;
}

/** A step is left after it was held so often. */
const MOST_HOLDS = 3;

/** Of a step that was done with the workflow's last one. */
const DONE: WorkflowPosition = { stepId: "", holds: 0 };

/** The step that a new conversation enters at. */
export function firstStep({ steps }: Workflow): string {
  return steps[0]?.id ?? DONE.stepId;
}

/** Reads a position: a step that is gone is the first one, one that was held too often is left. */
export function placeIn(workflow: Workflow, position: WorkflowPosition): WorkflowPlace {
  const at = (step: WorkflowStep | null, holds: number) => ({ workflow, step, holds, position });
  if (position.stepId === DONE.stepId) return at(null, 0);
  const step = workflow.steps.find(({ id }) => id === position.stepId);
  if (!step) return at(workflow.steps[0] ?? null, 0);
  if (position.holds < MOST_HOLDS) return at(step, position.holds);
  return at(stepAfter(workflow, step), 0);
}

/** Where a conversation stands when its step is done. */
export function advanced({ workflow, step }: WorkflowPlace): WorkflowPosition {
  const next = step && stepAfter(workflow, step);
  return next ? { stepId: next.id, holds: 0 } : DONE;
}

/**
 * Where a conversation stands when a turn has ended and nobody has judged it yet: held for one more
 * turn, so that it counts even if nobody ever does. A step without criteria is done.
 *
 * @returns null when every step was done before
 */
export function afterTurn(place: WorkflowPlace): WorkflowPosition | null {
  if (!place.step) return null;
  if (place.step.criteria === undefined) return advanced(place);
  return { stepId: place.step.id, holds: place.holds + 1 };
}

function stepAfter({ steps }: Workflow, step: WorkflowStep): WorkflowStep | null {
  if (step.next !== undefined) return steps.find(({ id }) => id === step.next) ?? null;
  return steps[steps.indexOf(step) + 1] ?? null;
}
