import { z } from "zod";

/** A path that an agent leads a conversation along, one step at a time. */
export interface Workflow {
  /** What the whole is for. */
  goal: string;
  /** The first one is where a conversation begins. */
  steps: readonly WorkflowStep[];
}

export interface WorkflowStep {
  id: string;
  /** What the agent is to do in this step. */
  intent: string;
  /** When the step is done; a step without criteria is done after one turn. */
  criteria?: string;
  /** The step that follows; the next one of the list when absent. */
  next?: string;
  /** What the visitor is offered to say next, at most four. */
  suggestedReplies?: readonly string[];
}

const text = (most: number) =>
  z
    .string()
    .max(most, { error: `must be at most ${most} characters` })
    .regex(/\S/u, { error: "must not be blank" });

const stepSchema = z.strictObject({
  id: text(100),
  intent: text(4_000),
  criteria: text(4_000).optional(),
  next: text(100).optional(),
  suggestedReplies: z.array(text(200)).max(4).optional(),
});

/** A workflow as it is written: ids are unique, and `next` names one of them. */
export const workflowSchema = z
  .strictObject({ goal: text(4_000), steps: z.array(stepSchema).min(1).max(50) })
  .superRefine(({ steps }, context) => {
    const ids = steps.map(({ id }) => id);
    for (const [index, { id, next }] of steps.entries()) {
      if (ids.indexOf(id) !== index) {
        context.addIssue({
          code: "custom",
          path: ["steps", index, "id"],
          message: "is the id of an earlier step",
        });
      }
      if (next !== undefined && !ids.includes(next)) {
        context.addIssue({
          code: "custom",
          path: ["steps", index, "next"],
          message: "names no step of this workflow",
        });
      }
    }
  });
