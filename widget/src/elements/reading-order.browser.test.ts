import type { CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConversationState } from "../state/conversation-state.js";
import { type BrowserFixture, play, startBrowser } from "./browser.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
/** What a screen reader passes over on its way. */
const SILENT = new Set(["none", "generic", "InlineTextBox", "LayoutTableCell", "ListMarker"]);

let browser: BrowserFixture;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const transcript: ConversationState["transcript"] = [
  { kind: "visitor", id: "v0", text: "May it go back?", at: 1, delivery: "sent" },
  {
    kind: "agent",
    id: "v0",
    at: 1,
    status: "completed",
    parts: [{ type: "text", text: "For 30 days." }],
    citations: [
      { id: "returns", title: "Returns", url: "https://a.example/returns" },
      { id: "broken", title: "Broken on the way" },
    ],
  },
  { kind: "visitor", id: "v1", text: "Where is order 1042?", at: 1, delivery: "sent" },
  {
    kind: "agent",
    id: "v1",
    at: 2,
    status: "parked",
    parts: [
      {
        type: "text",
        text: "## On its way\n\n- It left **Monday**\n- See [the map](https://a.example/m) and this",
      },
      {
        type: "tool",
        toolCallId: "c1",
        name: "refund",
        arguments: { amount: 8900 },
        status: "awaiting",
        confirmation: {
          toolId: "refund",
          actionDescription: "Refund",
          toolCallId: "c1",
          toolName: "refund",
          title: "Refund order 1042",
          summary: "To your card",
          fields: [{ label: "Amount", value: "€ 89.00" }],
          arguments: { amount: 8900 },
          risk: "low",
          expiresAt: Date.now() + 600_000,
        },
      },
    ],
  },
];

interface Node {
  nodeId: string;
  ignored: boolean;
  childIds?: string[];
  role?: { value?: string };
  name?: { value?: string };
}

/** What is read from the panel on, in its order: role and name. */
async function walk(session: CDPSession): Promise<string[]> {
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as { nodes: Node[] };
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines: string[] = [];
  const read = (node: Node | undefined, depth: number): void => {
    if (!node) return;
    const role = node.role?.value ?? "none";
    const isRead = !node.ignored && !SILENT.has(role);
    const name = node.name?.value?.trim() ?? "";
    if (isRead && (role !== "StaticText" || name)) {
      const quoted = name ? ` "${name}"` : "";
      lines.push(`${"  ".repeat(depth)}${role === "StaticText" ? name : role + quoted}`);
    }
    // A name that comes from the content is read once.
    if (isRead && ["button", "link", "heading"].includes(role)) return;
    for (const id of node.childIds ?? []) read(byId.get(id), isRead ? depth + 1 : depth);
  };
  read(
    nodes.find((node) => node.role?.value === "dialog"),
    0,
  );
  return lines;
}

test("a conversation with a question reads in its order, with roles and names", async () => {
  const page = await browser.open(HOST, { timezoneId: "UTC" });
  await play(page, { transcript, activeTurnId: "v1" });
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByRole("group", { name: "Refund order 1042" }).waitFor();
  await page.getByRole("link", { name: "the map" }).waitFor();
  const lines = await walk(await page.context().newCDPSession(page));
  const told = lines.map((line) => line.replace(/\d+ (min|s) left/, "… left"));
  await page.close();
  expect(told.join("\n")).toMatchInlineSnapshot(`
    "dialog "Chat with Nora"
      banner
        heading "Nora"
        Online
        button "Menu"
        button "Close the chat"
      region "Conversation"
        paragraph
          Hello.
        list
          listitem
            paragraph
              time
                Thursday, January 1, 1970
            article
              You
              :
              paragraph
                May it go back?
              time
                12:00 AM
              button "Copy"
          listitem
            article
              Nora
              :
              paragraph
                For 30 days.
              paragraph
                Sources
              list "Sources"
                listitem
                  link "Returns a.example"
                listitem
                  Broken on the way
              button "Copy"
              time
                12:00 AM
          listitem
            article
              You
              :
              paragraph
                Where is order 1042?
              time
                12:00 AM
              button "Copy"
          listitem
            article
              Nora
              :
              heading "On its way"
              list
                listitem
                  It left
                  strong
                    Monday
                listitem
                  See
                  link "the map a.example"
                  and this
              group "Refund order 1042"
                sectionheader
                  paragraph
                    Needs your approval
                  paragraph
                    … left
                heading "Refund order 1042"
                paragraph
                  To your card
                DescriptionList
                  term "Amount"
                    Amount
                  definition
                    € 89.00
                group
                  DisclosureTriangle "Exact details"
                    Exact details
                button "Approve"
                button "Decline"
                button "Say no with a reason…"
      form
        textbox "Write a message"
        button "Stop the answer""
  `);
});
