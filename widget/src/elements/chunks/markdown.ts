import prose from "../styles/prose.css?inline";

export { agentAnswer } from "../agent-answer.js";
export { personMessage } from "../person-message.js";
export { markdown } from "../../markdown/markdown.js";

export const styles = [prose];
