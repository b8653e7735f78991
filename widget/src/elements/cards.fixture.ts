import type { Confirmation, Interaction } from "@smooth-agent/protocol";
import type { AgentEntry, ConversationState, ToolPart } from "../state/conversation-state.js";
import {
  arrived,
  type BrowserFixture,
  play,
  type Screen,
  type TestPage,
} from "./browser.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';

export const CONFIRMATION: Confirmation = {
  toolId: "issue_refund",
  actionDescription: "Refund",
  toolCallId: "c1",
  toolName: "issue_refund",
  title: "Refund order 1234",
  summary: "Refund $50.00 on order 1234",
  fields: [
    { label: "Order", value: "1234" },
    { label: "Amount", value: "$50.00" },
  ],
  arguments: { order: "1234", amount: 50 },
  risk: "low",
  expiresAt: Date.now() + 600_000,
};

/** A confirmation of which everything may be changed, in every way there is. */
export const EDITABLE: Partial<Confirmation> = {
  arguments: { order: "1234", amount: 50, count: 2, note: "torn", gift: false, speed: "slow" },
  inputs: [
    {
      argument: "amount",
      label: "Amount",
      type: "number",
      required: true,
      minimum: 1,
      maximum: 50,
    },
    { argument: "count", label: "Count", type: "integer", required: false },
    { argument: "note", label: "Note", type: "multiline", required: false, maxLength: 20 },
    { argument: "gift", label: "Gift", type: "boolean", required: true },
    {
      argument: "speed",
      label: "Speed",
      type: "select",
      required: true,
      options: ["slow", "fast"],
    },
  ],
};

export function approval(
  change: Partial<ToolPart> = {},
  confirmation: Partial<Confirmation> = {},
): ToolPart {
  const asked = { ...CONFIRMATION, toolCallId: change.toolCallId ?? "c1", ...confirmation };
  return {
    type: "tool",
    toolCallId: "c1",
    name: "issue_refund",
    arguments: asked.arguments,
    status: "awaiting",
    confirmation: asked,
    ...change,
  };
}

export function form(
  interaction: Pick<Interaction, "kind" | "spec">,
  change: Partial<ToolPart> = {},
): ToolPart {
  return {
    type: "tool",
    toolCallId: "i1",
    name: "request",
    arguments: {},
    status: "awaiting",
    interaction: { interactionId: "i1", reason: "to send it to you", ...interaction },
    ...change,
  };
}

/** A conversation whose last turn shows these parts; over unless one of them waits. */
export function turnOf(
  parts: AgentEntry["parts"],
  change: Partial<AgentEntry> = {},
): Partial<ConversationState> {
  const waits = parts.some((part) => part.type === "tool" && part.status === "awaiting");
  const status = waits ? "parked" : "completed";
  return {
    transcript: [{ kind: "agent", id: "t1", parts, at: 1, status, ...change }],
    activeTurnId: waits ? "t1" : undefined,
  };
}

/** A page whose panel is open and shows this. */
export async function openPanel(
  browser: BrowserFixture,
  state: Partial<ConversationState>,
  size?: Screen,
): Promise<TestPage> {
  const page = await browser.open(HOST, size);
  await play(page, state);
  await page.locator(".launcher").click();
  await page.getByRole("dialog").waitFor();
  await arrived(page);
  return page;
}

/** Waits until the buttons of the card take presses. */
export async function armed(page: TestPage, scope = ""): Promise<void> {
  await page.locator(`${scope} .verdict`).first().scrollIntoViewIfNeeded();
  await page.locator(`${scope} .verdict-button:not([aria-disabled=true])`).first().waitFor();
}
