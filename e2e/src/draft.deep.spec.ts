import { expect } from "@playwright/test";
import { visit } from "./chat.js";
import { test } from "./deployment.js";
import { logIn } from "./shop-page.js";

const DRAFT = "First line\nand a second, not sent yet";

test("what is being written survives a reload, until it is sent", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.field.fill(DRAFT);
  await page.reload();
  await chat.open();
  await expect(chat.field).toHaveValue(DRAFT);
  await chat.field.press("Enter");
  await expect(chat.said).toContainText("and a second");
  await chat.ended();
  await page.reload();
  await chat.open();
  await expect(chat.said).toHaveCount(1);
  await expect(chat.field).toHaveValue("");
});

test("nobody else is shown what a customer was writing", async ({ page, deployment }) => {
  const chat = await visit(page, deployment.shop.url);
  await chat.field.fill(DRAFT);
  await logIn(page, /Tom/);
  await chat.open();
  await expect(chat.field).toHaveValue("");
  await logIn(page, /Log out/);
  await chat.open();
  await expect(chat.field).toHaveValue("");
});
