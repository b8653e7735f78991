import { choices } from "./choices.js";
import { dateTime } from "./date-time.js";
import { identityIntake } from "./identity-intake.js";
import type { InteractionKind } from "./interaction-kind.js";

/** Every kind of form: one more is a file of its own and a line here. */
export const INTERACTION_KINDS: readonly InteractionKind[] = [identityIntake, choices, dateTime];

/** The kind that the wire calls so; undefined when there is none. */
export function kindNamed(kind: string): InteractionKind | undefined {
  return INTERACTION_KINDS.find((known) => known.kind === kind);
}
