import { answerStrings } from "../answer-strings.js";
import answer from "../styles/answer.css?inline";
import prose from "../styles/prose.css?inline";

export { Announcer } from "../announcer.js";
export { agentAnswer } from "../agent-answer.js";
export { personMessage } from "../person-message.js";
export { markdown } from "../../markdown/markdown.js";

export const styles = [answer, prose];

export const strings = answerStrings;
