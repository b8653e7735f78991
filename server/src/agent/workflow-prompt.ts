import type { WorkflowPlace } from "./workflow-place.js";

/** What the model is told of the workflow: the goal, and of its steps the current one alone. */
export function workflowPrompt({ workflow, step }: WorkflowPlace): string {
  const goal = `The goal of this conversation: ${workflow.goal.trim()}`;
  if (!step)
    return `${goal}\nAll of its steps are done. Help with whatever else the visitor needs.`;
  const criteria = step.criteria && `\nThis step is done when: ${step.criteria.trim()}`;
  return `${goal}\nThe current step: ${step.intent.trim()}${criteria ?? ""}\n${MANNER}`;
}

const MANNER =
  "Lead the conversation through the current step in a natural way, and answer what the visitor asks besides. Do not speak of goals and steps.";
