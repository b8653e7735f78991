import type { TemplateResult } from "lit";
import type { DraftValue } from "../drafts.js";
import type { Strings } from "../strings.js";

/** What a kind of form is rendered from, and what it may ask for. */
export interface InteractionForm {
  /** The element id of a field, by its name. */
  id(name: string): string;
  strings: Strings;
  value(name: string): DraftValue | undefined;
  write(name: string, value: DraftValue): void;
  /** What is wrong with a field; one that nobody asks this for is told of at the foot. */
  error(name: string): string | undefined;
}

/**
 * One kind of question that the visitor answers with a form. `spec` and `values` come from a model by
 * way of the server: whatever one of these throws on them, the form can only be declined.
 */
export interface InteractionKind {
  title(spec: Record<string, unknown>, strings: Strings): string;
  fields(spec: Record<string, unknown>, form: InteractionForm): TemplateResult;
  /** What was entered, as the server wants it. */
  values(spec: Record<string, unknown>, form: InteractionForm): Record<string, unknown>;
  /** What was answered, in a few short texts. */
  said(values: Record<string, unknown>, spec: Record<string, unknown>, locale: string): string[];
}
