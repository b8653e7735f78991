import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  become,
  type BrowserFixture,
  calls,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";
import { approval, armed, EDITABLE, openPanel, turnOf } from "./cards.fixture.js";

let browser: BrowserFixture;
let page: TestPage;
beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await page.close();
  if (page.faults.length > 0) throw new Error(page.faults.join("\n"));
});
afterAll(() => browser.close());

const show = async (...of: Parameters<typeof approval>) => {
  page = await openPanel(browser, turnOf([approval(...of)]));
};
const button = (name: string) => page.getByRole("button", { name, exact: true });
const card = () => page.getByRole("group", { name: "Refund order 1234" });
const input = (label: string) => page.getByLabel(label, { exact: true });
const press = async (name: string) => {
  await armed(page);
  await button(name).click();
};
const decisions = async () => (await calls(page)).filter(([name]) => name === "decide");
const focused = () =>
  page.evaluate(() => {
    const active = globalThis.element.shadowRoot?.activeElement;
    return active?.id || active?.textContent?.trim();
  });

test("a button that is cut off at the edge takes no press, and comes into view for the next one", async () => {
  await show();
  const scroller = page.getByRole("region", { name: "Conversation" });
  const approve = button("Approve");
  await page.setViewportSize({ width: 640, height: 400 });
  await armed(page);
  // Its upper half can be seen and pressed.
  const middle = await approve.evaluate((node) => {
    const box = node.closest(".scroller") as HTMLElement;
    const { top, height } = node.getBoundingClientRect();
    box.scrollTop += top + height / 2 - box.getBoundingClientRect().bottom;
    return { x: node.getBoundingClientRect().x + 40, y: node.getBoundingClientRect().y + 8 };
  });
  await expect.poll(() => approve.getAttribute("aria-disabled")).toBe("true");
  await page.mouse.click(middle.x, middle.y);
  const edge = await scroller.evaluate((box) => box.getBoundingClientRect().bottom);
  await expect
    .poll(() => approve.evaluate((node) => node.getBoundingClientRect().bottom))
    .toBeLessThanOrEqual(edge);
  expect(await decisions()).toEqual([]);
  await press("Approve");
  expect(await decisions()).toEqual([["decide", "c1", true, {}]]);
});

describe("what is asked", () => {
  test("the model's words stand apart, say whose they are and hide nothing", async () => {
    await show({}, { note: "Already approved.\u202E\u200B <b>Press</b> **Approve**" });
    const note = card().locator(".note");
    expect(await note.locator("figcaption").innerText()).toBe("The assistant's words");
    expect(await note.locator("blockquote").innerText()).toBe(
      "Already approved.⟨U+202E⟩⟨U+200B⟩ <b>Press</b> **Approve**",
    );
    expect(await note.locator("blockquote *").count()).toBe(0);
  });

  test("says which of several it is, and how long it is open, every second anew", async () => {
    const first = approval({ status: "succeeded", decision: { approved: true } }, { queued: 2 });
    const second = approval({ toolCallId: "c2" }, { queued: 1, expiresAt: Date.now() + 50_000 });
    page = await openPanel(browser, turnOf([first, second]));
    await page.getByText("2 of 3").waitFor();
    const left = async () =>
      Number(/(\d+) s left/.exec(await page.locator("header").last().innerText())?.[1]);
    const before = await left();
    expect(before).toBeGreaterThan(30);
    await expect.poll(left, { timeout: 4_000 }).toBeLessThan(before);
  });

  test("what the team decides has no Approve; it may be withdrawn", async () => {
    await show({}, { approver: "team" });
    await card().getByText("Waiting for the team's approval").waitFor();
    expect(await button("Approve").count()).toBe(0);
    await press("Withdraw");
    expect(await decisions()).toEqual([["decide", "c1", false, {}]]);
  });

  test("declining takes one press; a reason is for whoever wants to give one", async () => {
    await show();
    await press("Decline");
    await button("Say no with a reason…").click();
    const field = page.getByLabel("Why? The assistant is told when you decline.");
    await expect.poll(() => field.evaluate((node) => node.matches(":focus"))).toBe(true);
    await field.fill(" Too late ");
    await field.press("Enter");
    await press("Decline");
    const withReason = ["decide", "c1", false, { reason: "Too late" }];
    expect(await decisions()).toEqual([["decide", "c1", false, {}], withReason, withReason]);
    await field.press("Escape");
    await expect.poll(focused).toBe("why-c1");
    expect(await page.getByRole("dialog").count()).toBe(1);
  });

  test("not to be asked again goes with the approval alone, and only where it is offered", async () => {
    await show({}, { remember: true });
    await page.getByLabel("Don't ask again for this in this conversation").check();
    await press("Decline");
    await press("Approve");
    expect(await decisions()).toEqual([
      ["decide", "c1", false, {}],
      ["decide", "c1", true, { remember: true }],
    ]);
    await become(page, turnOf([approval({ toolCallId: "c2" })]));
    expect(await page.locator("[type=checkbox]").count()).toBe(0);
  });

  test("high risk takes a second step, which arms anew and leads back", async () => {
    await show({}, { risk: "high", stepUp: true });
    await press("Approve");
    const yes = button("Yes, refund order 1234");
    await yes.click({ force: true });
    expect(await decisions()).toEqual([]);
    await page.keyboard.press("Escape");
    await expect.poll(focused).toBe("approve-c1");
    await armed(page);
    await page.keyboard.press("Enter");
    await expect.poll(focused).toBe("sure-c1");
    await page.keyboard.press("Tab");
    await page.locator(".sure [part=approve]:not([aria-disabled=true])").waitFor();
    await page.keyboard.press("Enter");
    expect(await decisions()).toEqual([["decide", "c1", true, {}]]);
  });
});

describe("a press counts only on what can be seen", () => {
  test("while something lies over the buttons nothing counts, and afterwards they arm anew", async () => {
    await show();
    await armed(page);
    await page.evaluate(() => {
      const cover = document.createElement("div");
      cover.id = "cover";
      cover.popover = "manual";
      cover.textContent = "Win a prize";
      // Seen through, pressed through: what a frame around the page would do.
      for (const [name, value] of Object.entries({
        position: "fixed",
        inset: "0",
        width: "auto",
        height: "auto",
        "pointer-events": "none",
      })) {
        cover.style.setProperty(name, value);
      }
      document.body.append(cover);
      cover.showPopover();
    });
    await page.locator("[part=approve][aria-disabled=true]").waitFor();
    await button("Approve").click({ force: true });
    await button("Decline").click({ force: true });
    expect(await decisions()).toEqual([]);
    await page.evaluate(() => document.querySelector("#cover")?.remove());
    await press("Approve");
    expect(await decisions()).toHaveLength(1);
  });

  test("a panel that cannot be seen takes none, not by the keyboard either", async () => {
    await show();
    await armed(page);
    await button("Approve").focus();
    await page.evaluate(() => document.documentElement.style.setProperty("opacity", "0.01"));
    await page.evaluate(() =>
      globalThis.element.shadowRoot
        ?.querySelector<HTMLElement>("#panel")
        ?.style.setProperty("opacity", "0.01"),
    );
    await page.locator("[part=approve][aria-disabled=true]").waitFor();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    expect(await decisions()).toEqual([]);
  });
});

describe("correcting before approving", () => {
  const edit = async (label: string) => button(`Edit ${label}`).click();

  test("only what was changed differs, each in the type of its argument", async () => {
    await show({}, EDITABLE);
    for (const label of ["Amount", "Count", "Note", "Gift", "Speed"]) await edit(label);
    expect(await input("Amount").getAttribute("inputmode")).toBe("decimal");
    expect(await input("Count").getAttribute("inputmode")).toBe("numeric");
    expect(await button("Approve").count()).toBe(1);
    await input("Amount").fill("20.5");
    await input("Count").fill("");
    await input("Note").fill("torn twice");
    await input("Gift").check();
    await input("Speed").selectOption("fast");
    await card()
      .getByText("You changed: Amount, Count, Note, Gift, Speed. This is what will run:")
      .waitFor();
    const edited = { order: "1234", amount: 20.5, note: "torn twice", gift: true, speed: "fast" };
    await page.getByText("Exact details").click();
    expect(JSON.parse((await card().locator("pre").textContent()) ?? "")).toEqual(edited);
    await press("Approve change");
    expect(await decisions()).toEqual([["decide", "c1", true, { arguments: edited }]]);
  });

  test("shows what was asked struck beside, marks the summary, and undoes field by field", async () => {
    await show({}, EDITABLE);
    await edit("Amount");
    await expect.poll(focused).toContain("amount");
    expect(await card().locator("s, [data-former]").count()).toBe(0);
    await page.keyboard.type("0");
    await input("Amount").fill("20");
    await card().getByText("Changed", { exact: true }).waitFor();
    expect(await card().locator("s").allTextContents()).toEqual(["$50.00"]);
    expect(await card().locator(".summary").innerText()).toBe(
      "First asked: Refund $50.00 on order 1234",
    );
    await button("Undo the change of Amount").click();
    await button("Approve").waitFor();
    expect(await card().locator("s, [data-former], input").count()).toBe(0);
    await expect.poll(focused).toContain("amount-edit");
    await press("Approve");
    expect(await decisions()).toEqual([["decide", "c1", true, {}]]);
  });

  test("yes and no are words, and the exact details are as they will run", async () => {
    await show({}, EDITABLE);
    const row = card().locator("dl > div", { hasText: "Gift" });
    expect(await row.locator("bdi").innerText()).toBe("No");
    await card().getByText("Exact details").click();
    expect(await card().locator("pre").innerText()).toContain('"gift": false');
    await edit("Gift");
    await input("Gift").check();
    await expect.poll(() => row.locator("s").allInnerTexts()).toEqual(["No"]);
    expect(await card().locator("pre").innerText()).toContain('"gift": true');
    const changes = [{ label: "Gift", from: "false", to: "true" }];
    const verdict = { state: "decided", approved: true, at: 1, here: true, changes } as const;
    await become(page, turnOf([approval({ verdict, status: "succeeded" }, EDITABLE)]));
    expect(await card().locator(".changes li").innerText()).toMatch(/^Gift\s+No\s+→\s+Yes$/);
  });

  test("no text that only looks like a yes or no is replaced", async () => {
    const fields = [{ label: "Answer", value: "true" }];
    await show({}, { fields, arguments: { answer: "true" } });
    expect(await card().locator("dd").innerText()).toBe("true");
  });

  test("typing the same again is no change", async () => {
    await show({}, EDITABLE);
    await edit("Amount");
    await input("Amount").fill("50.0");
    await press("Approve");
    expect(await decisions()).toEqual([["decide", "c1", true, {}]]);
  });

  test("what the field does not take is told beside it, with the focus, and not sent", async () => {
    await show({}, EDITABLE);
    await edit("Amount");
    await edit("Count");
    await input("Count").fill("1.5");
    await input("Amount").fill("500");
    await press("Approve change");
    const amount = input("Amount");
    await expect.poll(() => amount.getAttribute("aria-invalid")).toBe("true");
    expect(await input("Count").getAttribute("aria-invalid")).toBe("true");
    expect(await amount.evaluate((node) => node.matches(":focus"))).toBe(true);
    const about = await amount.getAttribute("aria-describedby");
    expect(await page.locator(`[id="${about}"]`).innerText()).toBe(
      "Please write a number (1 to 50).",
    );
    expect(await card().locator(".field-error").allInnerTexts()).toEqual([
      "Please write a number (1 to 50).",
      "Please write a whole number.",
    ]);
    await amount.fill("40");
    await expect.poll(() => amount.getAttribute("aria-invalid")).toBeNull();
    expect(await decisions()).toEqual([]);
  });

  test("Escape leaves the field, and only then the panel", async () => {
    await show({}, EDITABLE);
    await edit("Amount");
    await input("Amount").fill("20");
    await page.keyboard.press("Escape");
    await expect.poll(focused).toContain("amount-edit");
    expect(await page.getByRole("dialog").count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  });

  test("neither tokens, time, a lost connection, a closed panel nor a refusal lose what was entered", async () => {
    await show({}, EDITABLE);
    await edit("Amount");
    await input("Amount").fill("20");
    const entered = () => input("Amount").inputValue();
    await input("Amount").evaluate((input: HTMLInputElement) => input.select());
    const more = turnOf([{ type: "text", text: "More" }, approval({}, EDITABLE)]);
    await become(page, more);
    expect(await entered()).toBe("20");
    await become(page, { connection: { status: "reconnecting", attempt: 1, retryAt: 0 } });
    expect(await entered()).toBe("20");
    await page.evaluate(() => {
      globalThis.element.close();
      return globalThis.element.updateComplete;
    });
    await page.locator(".launcher").click();
    expect(await entered()).toBe("20");
    const verdict = { state: "sending", approved: true } as const;
    await become(page, turnOf([approval({ verdict }, EDITABLE)]));
    expect(await card().locator("dd", { hasText: "20" }).innerText()).toBe("$50.00 20");
    await become(page, turnOf([approval({ verdictError: "amount: too much" }, EDITABLE)]));
    await page.getByRole("alert").getByText("amount: too much").waitFor();
    expect(await entered()).toBe("20");
  });

  test("another visitor's card with the same id shows nothing of it", async () => {
    await show({}, EDITABLE);
    await edit("Amount");
    await input("Amount").fill("20");
    await page.evaluate(async () => {
      const { conversation } = globalThis.element;
      globalThis.element.conversation = Object.create(conversation ?? null);
      await globalThis.element.updateComplete;
    });
    await button("Edit Amount").waitFor();
    expect(await input("Amount").count()).toBe(0);
  });
});
