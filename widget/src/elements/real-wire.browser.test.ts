import { isDeepStrictEqual } from "node:util";
import { clientToolCall, type Action } from "@smooth-agent/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../client/model-server.fixture.js";
import { type BrowserFixture, startBrowser } from "./browser.fixture.js";

let browser: BrowserFixture;
let server: ModelServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([startBrowser(), startModelServer()]);
});
afterAll(() => Promise.all([browser.close(), server.close()]));

test("from the first word over an approval and a lost connection to the answer", async () => {
  const tag = `<script src="/smooth-agent.js" data-agent-id="a" data-endpoint="${server.url}"></script>`;
  const page = await browser.open(tag);
  expect(server.counts.upgrades).toBe(0);
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByText("Online").waitFor();
  await page.getByRole("textbox", { name: "Write a message" }).fill("Refund order 1234");
  await page.keyboard.press("Enter");
  await server.received(({ action }) => action === "send_message");

  server.say("I found **order");
  await page.locator(".prose strong", { hasText: "order" }).waitFor();
  server.say(" 1234**.");
  server.ask("c1");
  server.callTool("c1", "issue_refund");
  await page.locator("[part=approve]:not([aria-disabled=true])").click();
  // It is of high risk: a second step, which arms anew.
  await page.locator(".sure [part=approve]:not([aria-disabled=true])").click();
  const verdict = await server.received(({ action }) => action === "confirm_tool_action");
  expect(verdict).toMatchObject({ approved: true, toolCallId: "c1" });
  await page.getByRole("region").getByText("You approved").waitFor();
  server.returnTool("c1", "issue_refund", "ok");

  const creates = () =>
    server.actions.filter(({ action }) => action === "create_conversation_session");
  server.cut();
  await server.received(({ action }) => action === "resume_session");
  await page.getByText("Online").waitFor();
  expect(creates()).toHaveLength(1);
  server.say("\n\nDone: the money is on its way.");
  server.finish();
  await page.locator(".prose", { hasText: "Done: the money is on its way." }).waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  expect(await page.locator(".agent").count()).toBe(1);
  expect(await page.getByRole("region").getByText("You approved").count()).toBe(1);
  await page.close();
});

test("what the page sets as its context is told with each message, and its language once", async () => {
  const tag = `<script src="/smooth-agent.js" data-agent-id="page" data-locale="de" data-context='{"page":"cart"}' data-endpoint="${server.url}"></script>`;
  const page = await browser.open(tag);
  const opened = server.received(
    (action) => action.action === "create_conversation_session" && action.agentId === "page",
  );
  await page.evaluate(() => document.querySelector("smooth-agent")?.open());
  expect(await opened).toMatchObject({ context: { page: "cart" }, locale: "de" });
  await page.evaluate(() => {
    const element = document.querySelector("smooth-agent");
    if (!element) throw new Error("there is no element");
    element.context = { page: "order" };
    element.send("What is this?");
  });
  const sent = await server.received(
    (action) => action.action === "send_message" && action.message === "What is this?",
  );
  expect(sent).toMatchObject({ context: { page: "order" } });
  server.say("An order.");
  server.finish();
  await page.close();
});

test("the agent calls a function that the page gave to the element, once", async () => {
  const tag = `<script src="/smooth-agent.js" data-agent-id="a" data-endpoint="${server.url}"></script>`;
  const page = await browser.open(tag);
  await page.evaluate(() => {
    const element = document.querySelector("smooth-agent");
    if (!element) throw new Error("there is no element");
    const run = ({ path }: Record<string, unknown>) => (location.hash = String(path));
    element.clientTools = { navigate: { description: "Opens a page.", run } };
  });
  await page.getByRole("button", { name: "Open the chat" }).click();
  const textbox = page.getByRole("textbox", { name: "Write a message" });
  await textbox.fill("Show me my cart");
  await page.keyboard.press("Enter");
  const clientTools = [{ name: "navigate", description: "Opens a page." }];
  await server.received(
    (action) => "clientTools" in action && isDeepStrictEqual(action.clientTools, clientTools),
  );
  const isMine = ({ action, ...rest }: Action) =>
    action === "send_message" && "message" in rest && rest.message === "Show me my cart";
  const { requestId = "" } = await server.received(isMine);
  const call = { requestId, toolCallId: "c9", name: "navigate", arguments: { path: "cart" } };
  for (const peer of server.peers) peer.send(clientToolCall({ ...call, expiresAt: 2e12 }, 1));
  expect(await server.received(({ action }) => action === "submit_tool_result")).toMatchObject({
    toolCallId: "c9",
    result: "cart",
  });
  expect(await page.evaluate(() => location.hash)).toBe("#cart");
  await page.close();
});
