import { html } from "lit";

/** Keeps the place that the actions of a message will take. */
export const noActions = html`<div class="actions"></div>`;

/** The same until what draws them was fetched. */
export const actionsComing = html`<div class="actions coming"></div>`;
