import type { ReactiveControllerHost } from "lit";

/** Where a window beside the page would be too small, as in `panel.css`. */
export const SHEET = "(max-width: 480px), (max-height: 480px)";

/** An element whose panel may be a sheet over the whole page. */
export interface SheetHost extends ReactiveControllerHost, HTMLElement {
  readonly opened: boolean;
  readonly mode: "popover" | "inline" | "fullpage";
  close(): void;
}

/** Whether the panel covers the page at this moment. */
export function coversPage({ opened, mode }: SheetHost): boolean {
  return opened && mode === "popover" && matchMedia(SHEET).matches;
}
