import type { z } from "zod";
import type { AuthLevel } from "./auth-level.js";

/** What a tool knows besides its arguments. */
export interface ToolContext {
  /** Aborted when the turn is cancelled or the tool's time is up. */
  signal: AbortSignal;
  conversation: { id: string; agentId: string; organizationId: string };
  agent: { id: string; name: string };
  organization: { id: string };
  /** The visitor the host vouched for; null for an anonymous one. */
  visitor: Visitor | null;
  /** What the agent's `toolSettings` say for this tool; empty when they say nothing. Frozen. */
  config: Readonly<Record<string, unknown>>;
  /** The same for every run of this one call: hand it to what you write to. */
  idempotencyKey: string;
}

/** A visitor whom the host vouched for. */
export interface Visitor {
  /** Who it is: the one thing to decide by. */
  userId: string;
  /** What the page said that it is called; nobody vouched for it. */
  name?: string;
  /** What the page said that its address is; nobody vouched for it. */
  email?: string;
}

/** What the visitor is asked before a tool runs: plain text, made from the exact arguments. */
export interface ConfirmationView {
  title: string;
  summary: string;
  fields?: { label: string; value: string }[];
  /** Words that the model wrote, as a reason: shown apart, and marked as the model's own. */
  note?: string;
}

/** What a question is decided by, besides the arguments. */
export type ConfirmationContext = Pick<
  ToolContext,
  "conversation" | "agent" | "organization" | "visitor" | "config"
>;

/** What becomes of a call before it runs: what to show; `true` to ask with its arguments; `false` to run it unasked; or why it is refused, in words for the model. */
export type ConfirmationDecision = ConfirmationView | boolean | { refuse: string };

/** A JSON Schema whose root is an object. */
export type JsonSchema = Record<string, unknown>;

export interface ToolDefinition<Arguments = Record<string, unknown>> {
  /** What the model calls it: letters, digits, `_` and `-`, at most 64 characters. */
  name: string;
  /** What the visitor sees; made from the name when absent. */
  title?: string;
  /** What it does, for the model. */
  description: string;
  /** A zod 4 schema or a JSON Schema of the arguments; no arguments when absent. */
  parameters?: z.ZodType<Arguments> | JsonSchema;
  /**
   * Who may have it run: anybody (`none`, when absent), a verified visitor (`end_user`), or an admin of
   * the host on an internal agent (`admin`). An agent's `toolSettings` may ask for more, never for less.
   */
  authLevel?: AuthLevel;
  /**
   * Asks the visitor first: `true`, or what is decided for these arguments, this visitor and this
   * conversation. What throws, takes longer than `limits.hostFunctionMs` or answers anything else
   * refuses the call. The arguments are a copy that cannot be changed.
   */
  confirm?:
    | true
    | ((
        args: Arguments,
        context: ConfirmationContext,
      ) => ConfirmationDecision | Promise<ConfirmationDecision>);
  /**
   * `high` asks, by two deliberate steps, and is never remembered: only its own `confirm` can spare it. `low`
   * when absent.
   */
  risk?: "low" | "high";
  /**
   * Whether approving it needs an auth context that was minted after the question; only for `high` risk. It
   * is then for verified visitors, as with the `authLevel` `end_user`.
   */
  stepUp?: boolean;
  /** Who may approve it: the visitor (when absent), or a person of the team through the host API. */
  approver?: "visitor" | "team";
  /**
   * Names of arguments that may be changed on the card before they are approved: texts, numbers, booleans
   * and choices among texts.
   */
  editable?: readonly (keyof Arguments & string)[];
  /** Offers the visitor not to be asked again in this conversation; never for `high` risk. */
  remember?: "conversation";
  /**
   * Whether what was approved covers this call too, as for the same order and an amount up to that; any
   * call is covered when absent. What throws covers nothing.
   */
  covers?(args: Arguments, approved: Arguments): boolean;
  /** How long its question waits for the visitor, in milliseconds; a day when absent. */
  confirmationMs?: number;
  /** Whether a second run with the same idempotency key is harmless; false when absent. */
  idempotent?: boolean;
  /** How long one run may take, in milliseconds; 30,000 when absent. */
  timeoutMs?: number;
  /** Returns text or anything JSON. A thrown {@link ToolError} is told to the model as it is. */
  execute(args: Arguments, context: ToolContext): unknown;
}

/** A failure that the model is told word for word; anything else that is thrown stays inside. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** A tool whose arguments are typed by its schema. */
export function defineTool<Schema extends z.ZodType>(
  definition: Omit<ToolDefinition<z.output<Schema>>, "parameters"> & { parameters: Schema },
): ToolDefinition;
/** A tool described by JSON Schema, or without arguments. */
export function defineTool(definition: ToolDefinition): ToolDefinition;
export function defineTool(definition: ToolDefinition): ToolDefinition {
  return definition;
}
