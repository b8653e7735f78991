import { type CSSResult, unsafeCSS } from "lit";
import approval from "./approval.css?inline";
import card from "./card.css?inline";
import form from "./form.css?inline";
import composer from "./composer.css?inline";
import launcher from "./launcher.css?inline";
import panel from "./panel.css?inline";
import prose from "./prose.css?inline";
import tokens from "./tokens.css?inline";
import transcript from "./transcript.css?inline";

/** The style sheets of the element, adopted by its shadow root. */
export const styles: CSSResult[] = [
  tokens,
  launcher,
  panel,
  transcript,
  prose,
  card,
  approval,
  form,
  composer,
].map((sheet) => unsafeCSS(sheet));
