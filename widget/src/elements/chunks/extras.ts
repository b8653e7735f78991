import extras from "../styles/extras.css?inline";

export { earlierConversations } from "../earlier-conversations.js";
export { headerMenu } from "../header-menu.js";

export const styles = [extras];
