import type { capabilities } from "./interaction-capabilities.js";
import { choices } from "./choices.js";
import { dateTime } from "./date-time.js";
import { identityIntake } from "./identity-intake.js";
import type { InteractionKind } from "./interaction-kind.js";

const shown: Record<keyof typeof capabilities, InteractionKind> = {
  identity_intake: identityIntake,
  choices,
  date_time: dateTime,
};

/** Every kind of form that the widget shows, by the name it has on the wire. */
export const interactions: Readonly<Record<string, InteractionKind>> = shown;
