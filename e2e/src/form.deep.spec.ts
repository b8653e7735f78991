import { expect } from "@playwright/test";
import { chatOf, visit, type Chat } from "./chat.js";
import { test, type Deployment } from "./deployment.js";

const CONTACT = "I want to change my e-mail";

test("a form says all that is wrong at once, keeps what was entered, and is answered", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(CONTACT);
  await expect(chat.forms).toContainText("so that our workshop can reach you");
  await fill(chat, { Name: "Maya", Email: "maya@example", Phone: "12" });
  await submit(chat);
  await expect(chat.forms).toContainText("must be a valid email address");
  await expect(chat.forms).toContainText("must be a valid phone number");
  await expect(field(chat, "Name")).toHaveValue("Maya");
  await expect(field(chat, "Email")).toHaveValue("maya@example");
  await expect(field(chat, "Phone")).toHaveValue("12");
  expect(states(deployment)).toEqual(["awaiting"]);

  await fill(chat, { Email: "Maya@Example.org", Phone: "(555) 123-4567" });
  await submit(chat);
  await chat.ended();
  await expect(chat.answers.last()).toContainText("Maya@example.org or +15551234567");
  await expect(chat.forms).toContainText("+15551234567");
  expect(deployment.rows("SELECT name, email, phone FROM Participant WHERE type = 'user'")).toEqual(
    [{ name: "Maya", email: "Maya@example.org", phone: "+15551234567" }],
  );
  await page.reload();
  const again = chatOf(page);
  await again.open();
  await expect(again.forms).toContainText("+15551234567");
  await expect(again.forms.getByRole("textbox")).toHaveCount(0);
});

test("a form survives a reload and a killed server, and can be answered after both", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(CONTACT);
  await fill(chat, { Email: "maya@example.org" });
  await deployment.kill();
  await page.reload();
  await deployment.restart();
  const again = chatOf(page);
  await again.open();
  await expect(again.forms).toHaveCount(1);
  await fill(again, { Email: "maya@example.org" });
  await submit(again);
  await again.ended();
  await expect(again.answers).toHaveCount(1);
  await expect(again.answers).toContainText("maya@example.org");
  expect(states(deployment)).toEqual(["succeeded"]);
});

test("what a second tab answers, the first shows", async ({ page, context, deployment }) => {
  const first = await visit(page, deployment.shop.url);
  await first.say("Hello");
  await first.ended();
  const second = await visit(await context.newPage(), deployment.shop.url);
  await expect(second.answers).toHaveCount(1);
  await first.say(CONTACT);
  await fill(second, { Email: "maya@example.org" });
  await submit(second);
  await second.ended();
  await first.ended();
  await expect(first.forms).toContainText(/another window/i);
  await expect(first.forms.getByRole("textbox")).toHaveCount(0);
  expect(await first.answers.last().innerText()).toContain("maya@example.org");
});

test("a declined form ends in words", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say(CONTACT);
  await chat.press(chat.decline);
  await chat.ended();
  await expect(chat.forms).toContainText(/you declined/i);
  await expect(chat.answers.last()).toContainText("All right");
  expect(deployment.rows("SELECT email FROM Participant WHERE type = 'user'")).toEqual([
    { email: null },
  ]);
});

test("a choice among the orders leads to the question about the one that was chosen", async ({
  page,
  deployment,
}) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.say("I want a refund");
  await expect(chat.forms).toContainText("Which order is it about?");
  await chat.forms.getByRole("radio", { name: /#1042/ }).check();
  await submit(chat);
  await expect(chat.cards).toContainText("Refund $60.00 on order #1042");
  await expect(chat.forms).toContainText("#1042");
  await chat.press(chat.approve);
  await chat.ended();
  await expect(page.locator('[data-order="1042"] [data-field="refund"]')).toContainText("$60.00");
  expect(states(deployment)).toEqual(["succeeded", "succeeded", "succeeded"]);
});

function field(chat: Chat, label: string) {
  return chat.forms.getByRole("textbox", { name: label });
}

async function fill(chat: Chat, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await field(chat, label).fill(value);
}

function submit(chat: Chat): Promise<void> {
  return chat.forms.getByRole("button", { name: "Submit" }).click();
}

function states({ rows }: Deployment): string[] {
  return rows<{ state: string }>("SELECT state FROM ToolCall").map(({ state }) => state);
}
