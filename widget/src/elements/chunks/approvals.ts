import approval from "../styles/approval.css?inline";
import card from "../styles/card.css?inline";
import form from "../styles/form.css?inline";

export { approvalCard } from "../approval-card.js";
export { grantList, grantUndo } from "../grants.js";

export const styles = [card, approval, form];
