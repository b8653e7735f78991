import type { FieldError } from "@smooth-agent/protocol";
import { z } from "zod";
import type { Identity } from "../../store/store.js";
import { argumentSchema, type ArgumentSchema } from "../../tools/argument-schema.js";
import { plainLine } from "../plain-line.js";

/** A kind of form: the tool by which the model asks, what is shown, and which answers are valid. */
export interface InteractionKind extends KindNames {
  /** The tool's arguments; what it accepts is in the full form. */
  schema: ArgumentSchema;
  /** What is shown, from arguments that `schema` accepted. */
  ask(args: Record<string, unknown>): Asked;
  /**
   * Checks an answer.
   *
   * @param values from a stranger, or as a model heard them
   * @param spec as {@link ask} made it
   */
  validate(values: Record<string, unknown>, spec: unknown): CheckedAnswer;
}

interface KindNames {
  /** What the wire calls it. */
  kind: string;
  /** What a session has to support for it to be shown. */
  capability: string;
  /** What the model calls the tool, and the visitor. */
  tool: string;
  title: string;
  /** What the tool does, for the model. */
  description: string;
  /** What an answer looks like, for a model that has to ask in prose. */
  valuesShape: string;
}

/** What is shown, apart from its id and how long it waits. */
export interface Asked {
  /** Plain JSON. */
  spec: Record<string, unknown>;
  reason: string;
}

/** An answer in its canonical form, or all that is wrong with it. */
export type CheckedAnswer =
  | { values: Record<string, unknown>; identity?: Identity }
  | { errors: FieldError[] };

interface KindDefinition<
  Fields extends z.ZodRawShape,
  Spec extends z.ZodType<Record<string, unknown>>,
> extends KindNames {
  /** The tool's arguments besides `reason`. */
  fields: Fields;
  /** What is wrong with fields that are each good alone, for the model. */
  problemOf?(args: z.output<z.ZodObject<Fields>>): string | undefined;
  spec: Spec;
  specOf(args: z.output<z.ZodObject<Fields>>): z.output<Spec>;
  /** Canonical values stay as they are when they are checked again. */
  valuesOf(
    values: Record<string, unknown>,
    spec: z.output<Spec>,
  ): { values: Record<string, unknown>; errors: FieldError[] };
  /** What an accepted answer says of who the visitor is. */
  identityOf?(values: Record<string, unknown>): Identity;
}

/** A kind from what it says of itself. */
export function interactionKind<
  Fields extends z.ZodRawShape,
  Spec extends z.ZodType<Record<string, unknown>>,
>({
  fields,
  problemOf,
  spec: specSchema,
  specOf,
  valuesOf,
  identityOf,
  ...names
}: KindDefinition<Fields, Spec>): InteractionKind {
  const own = z.object(fields);
  const schema = z.strictObject({ ...fields, reason }).superRefine((args, context) => {
    const message = problemOf?.(own.parse(args));
    if (message !== undefined) context.addIssue({ code: "custom", message, input: args });
  });
  return {
    ...names,
    schema: argumentSchema(schema),
    ask(args) {
      const spec = specSchema.parse(specOf(own.parse(args)));
      return { spec, reason: reason.parse(args["reason"]) };
    },
    validate(given, spec) {
      const { values, errors } = valuesOf(given, specSchema.parse(spec));
      if (errors.length > 0) return { errors };
      return { values, ...(identityOf && { identity: identityOf(values) }) };
    },
  };
}

/** One line of plain text that a model writes for the visitor, of so many characters. */
export function line(most: number) {
  return z
    .string()
    .min(1)
    .max(most)
    .transform(plainLine)
    .refine((text) => text !== "", { error: "must not be blank" });
}

const DEFAULT_REASON = "to help you better";

const reason = z
  .string()
  .max(500)
  .describe("Why you ask, for the visitor: ends the sentence 'I ask …'.")
  .optional()
  .transform((text) => plainLine(text ?? "") || DEFAULT_REASON);
