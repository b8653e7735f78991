import { Accent, type AccentHost } from "./accent.js";
import { BackGesture } from "./back-gesture.js";
import type { SheetHost } from "./sheet.js";
import { StillPage } from "./still-page.js";

/** Lets an element wear its accent, and on a small screen cover the page as a sheet does. */
export function appear(host: AccentHost & SheetHost): void {
  new Accent(host);
  new BackGesture(host);
  new StillPage(host);
}
