import approval from "../styles/approval.css?inline";
import card from "../styles/card.css?inline";
import form from "../styles/form.css?inline";

export { interactionCard } from "../interaction-card.js";
export { otpCard } from "../otp-card.js";

export const styles = [card, approval, form];
