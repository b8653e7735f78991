import { answerStrings } from "./answer-strings.js";
import { panelStrings } from "./panel-strings.js";
import type { Strings } from "./strings.js";

/** Every word the widget says by itself, in English. */
export const strings: Strings = { ...panelStrings, ...answerStrings };
