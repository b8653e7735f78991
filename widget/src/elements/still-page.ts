import type { ReactiveController } from "lit";
import { SHEET, type SheetHost } from "./sheet.js";

/** Keeps the page behind an open sheet from scrolling: no finger that slips is to move what is not seen. */
export class StillPage implements ReactiveController {
  readonly #sheet = new CSSStyleSheet();

  constructor(readonly host: SheetHost) {
    this.#sheet.replaceSync(`@media ${SHEET}{html{overflow:hidden!important}}`);
    host.addController(this);
  }

  hostUpdated(): void {
    const { opened, mode, isConnected } = this.host;
    this.#keep(opened && mode === "popover" && isConnected);
  }

  hostConnected(): void {
    this.hostUpdated();
  }

  hostDisconnected(): void {
    this.#keep(false);
  }

  #keep(isStill: boolean): void {
    const sheets = document.adoptedStyleSheets;
    const place = sheets.indexOf(this.#sheet);
    if (isStill === place >= 0) return;
    if (isStill) sheets.push(this.#sheet);
    else sheets.splice(place, 1);
  }
}
