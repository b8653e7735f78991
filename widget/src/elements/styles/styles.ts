import { type CSSResult, unsafeCSS } from "lit";
import composer from "./composer.css?inline";
import launcher from "./launcher.css?inline";
import panel from "./panel.css?inline";
import tokens from "./tokens.css?inline";
import transcript from "./transcript.css?inline";

/** The style sheets of the element, adopted by its shadow root. */
export const styles: CSSResult[] = [tokens, launcher, panel, transcript, composer].map((sheet) =>
  unsafeCSS(sheet),
);
