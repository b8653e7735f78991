import type { GalleryFamily, GalleryState } from "./gallery-state.js";
import { agentAnswers } from "./states/agent-answers.js";
import { approvals, outcomes } from "./states/approvals.js";
import { codes } from "./states/codes.js";
import { conversations } from "./states/conversations.js";
import { composer } from "./states/composer.js";
import { feedback } from "./states/feedback.js";
import { forms } from "./states/forms.js";
import { launcher } from "./states/launcher.js";
import { markdown } from "./states/markdown.js";
import { panel } from "./states/panel.js";
import { people } from "./states/people.js";
import { tools } from "./states/tools.js";
import { visitorMessages } from "./states/visitor-messages.js";

/** All that the gallery shows, in its order. */
export const families: readonly GalleryFamily[] = [
  launcher,
  panel,
  conversations,
  composer,
  visitorMessages,
  agentAnswers,
  feedback,
  markdown,
  tools,
  approvals,
  outcomes,
  forms,
  codes,
  people,
];

/** @param path as in `approvals/asked` */
export function stateAt(path: string): GalleryState | undefined {
  const [family, name] = path.split("/");
  return families.find((each) => each.name === family)?.states.find((each) => each.name === name);
}
