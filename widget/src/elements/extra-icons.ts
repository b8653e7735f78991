import { svg } from "lit";
import { icon } from "./icons.js";

export const backIcon = icon(svg`<path d="m14 6.5-5.5 5.5 5.5 5.5"/>`, "back");
