import actions from "../styles/actions.css?inline";

export { answerActions, questionActions } from "../message-actions.js";

export const styles = [actions];
