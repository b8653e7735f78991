import type { Confirmation, Interaction } from "@smooth-agent/protocol";
import type {
  AgentEntry,
  AgentPart,
  ConversationState,
  PersonEntry,
  TextPart,
  ToolPart,
  VisitorEntry,
} from "@smooth-agent/widget/conversation";

/** When the gallery was opened, in Unix milliseconds: all that it shows lies around it. */
export const NOW = Date.now();

export const MINUTE = 60_000;

let made = 0;

/** What the visitor wrote. */
export function visitor(text: string, change: Partial<VisitorEntry> = {}): VisitorEntry {
  made += 1;
  const at = NOW - 3 * MINUTE;
  return { kind: "visitor", id: `v${made}`, text, at, delivery: "sent", ...change };
}

/** What the agent did in a turn; parked while one of its parts waits. */
export function agent(
  parts: string | readonly (AgentPart | string)[],
  change: Partial<AgentEntry> = {},
): AgentEntry {
  made += 1;
  const all = [parts].flat().map((part) => (typeof part === "string" ? text(part) : part));
  const waits = all.some((part) => part.type === "tool" && part.status === "awaiting");
  return {
    kind: "agent",
    id: `a${made}`,
    messageId: `m${made}`,
    parts: all,
    at: NOW - 2 * MINUTE,
    status: waits ? "parked" : "completed",
    ...change,
  };
}

/** What a person of the shop's wrote. */
export function person(words: string, change: Partial<PersonEntry> = {}): PersonEntry {
  made += 1;
  const id = `p${made}`;
  return { kind: "person", id, messageId: id, name: "Marta", text: words, at: NOW, ...change };
}

export function reasoning(words: string): AgentPart {
  return { type: "reasoning", text: words };
}

/** A conversation of these entries; its last turn is the active one while it has not ended. */
export function talk(...transcript: ConversationState["transcript"]): Partial<ConversationState> {
  const last = transcript.at(-1);
  const goesOn = last?.kind === "agent" && (last.status === "running" || last.status === "parked");
  return { transcript, ...(goesOn && { activeTurnId: last.id }) };
}

/** A tool that only looks something up. */
export function tool(status: ToolPart["status"], change: Partial<ToolPart> = {}): ToolPart {
  made += 1;
  return {
    type: "tool",
    toolCallId: `t${made}`,
    name: "look_up_order",
    title: "Look up order 4198",
    arguments: { orderId: "4198" },
    status,
    ...change,
  };
}

export const REFUND: Confirmation = {
  toolId: "issue_refund",
  toolName: "issue_refund",
  actionDescription: "Refund",
  toolCallId: "refund",
  title: "Refund order 4198",
  summary: "Refund $38.00 to the Visa card ending 4242",
  fields: [
    { label: "Order", value: "#4198" },
    { label: "Item", value: "Tea bowl, celadon" },
    { label: "Amount", value: "$38.00" },
  ],
  arguments: { orderId: "4198", amountCents: 3800, reason: "Arrived cracked" },
  risk: "low",
  expiresAt: NOW + 14 * MINUTE + 30_000,
};

/** A write that asks first. */
export function approval(
  change: Partial<ToolPart> = {},
  confirmation: Partial<Confirmation> = {},
): ToolPart {
  const toolCallId = change.toolCallId ?? "refund";
  const asked = { ...REFUND, toolCallId, ...confirmation };
  return tool("awaiting", {
    toolCallId,
    name: asked.toolName,
    title: asked.title,
    arguments: asked.arguments,
    confirmation: asked,
    ...change,
  });
}

/** A form that the agent waits for. */
export function form(
  { kind, spec, reason = "So that the parcel finds you" }: FormParts,
  change: Partial<ToolPart> = {},
): ToolPart {
  const interaction = { interactionId: "form", kind, spec, reason };
  return tool("awaiting", {
    toolCallId: "form",
    name: "ask",
    arguments: {},
    interaction,
    ...change,
  });
}

type FormParts = Pick<Interaction, "kind" | "spec"> & Partial<Pick<Interaction, "reason">>;

function text(words: string): TextPart {
  return { type: "text", text: words };
}
