import type { View } from "./view.js";

/** What the panel is remembered by. */
const PANEL = "panel";

/** What is open in the panel beside the conversation: the menu of its header, or the list of earlier ones. */
export function placeIn({ cards }: Pick<View, "cards">): "menu" | "earlier" | undefined {
  const { step } = cards.drafts.of(PANEL);
  return step === "menu" || step === "earlier" ? step : undefined;
}

/** @param focus id of the element that takes the focus */
export function goTo(
  { cards }: Pick<View, "cards">,
  step: "menu" | "earlier" | undefined,
  focus?: string,
): void {
  cards.drafts.change(PANEL, { step }, focus);
}
