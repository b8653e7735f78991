import { svg } from "lit";
import { icon } from "./icons.js";

export const editIcon = icon(
  svg`<path d="m5 19 .8-3.6L16 5.2a1.6 1.6 0 0 1 2.3 0l.5.5a1.6 1.6 0 0 1 0 2.3L8.6 18.2 5 19Z"/>`,
  "edit",
);
export const formIcon = icon(
  svg`<rect x="5" y="4.5" width="14" height="15" rx="2.5"/><path d="M8.5 9h7m-7 4h7m-7 3h3"/>`,
  "form",
);
export const lockIcon = icon(
  svg`<rect x="5.5" y="10.5" width="13" height="9" rx="2.5"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>`,
  "lock",
);
export const quoteIcon = icon(svg`<path d="M5 5.5h14v10h-7l-4 3.5v-3.5H5Z"/>`, "quote");
