import { readdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ToolPart } from "../state/conversation-state.js";
import {
  become,
  type BrowserFixture,
  calls,
  startBrowser,
  type TestPage,
} from "./browser.fixture.js";
import { form, openPanel, turnOf } from "./cards.fixture.js";
import { capabilities } from "./interactions/interaction-capabilities.js";
import { interactions } from "./interactions/interactions.js";

/** What each kind is asked with here, how it is filled in, and what comes of that. A new kind needs its line. */
const KINDS: Record<string, Sample> = {
  identity_intake: {
    spec: {
      fields: [
        { key: "name", required: true, label: "Full name" },
        { key: "email", required: true },
        { key: "phone", required: false },
      ],
    },
    title: "Your contact details",
    wrong: ["email", "Email"],
    async fill(page) {
      await page.getByLabel("Full name").fill(" Ada Lovelace ");
      await page.getByLabel("Email").fill("ada@example.com");
    },
    values: { name: "Ada Lovelace", email: "ada@example.com" },
    said: ["Ada Lovelace", "ada@example.com"],
  },
  choices: {
    spec: {
      questions: [
        {
          question: "How should it fit?",
          header: "Fit",
          multiSelect: false,
          options: [{ label: "Slim" }, { label: "Wide", description: "Room to move" }],
        },
        {
          question: "Which colours?",
          header: "Colour",
          multiSelect: true,
          options: [{ label: "Sand" }, { label: "Sage" }],
        },
      ],
    },
    title: "A few quick questions",
    wrong: ["Fit", "How should it fit?"],
    async fill(page) {
      await page.getByLabel("Slim", { exact: true }).check();
      await page.getByLabel(/^Wide/).check();
      await page.getByLabel("Sage", { exact: true }).check();
      await page.getByLabel("Other", { exact: true }).last().check();
      await page.getByLabel("Your answer").fill("Ochre");
    },
    values: {
      answers: [
        { header: "Fit", options: ["Wide"] },
        { header: "Colour", options: ["Sage"], other: "Ochre" },
      ],
    },
    said: ["Fit: Wide", "Colour: Sage, Ochre"],
  },
  date_time: {
    spec: { prompt: "When?", withTime: true, earliest: "2026-12-01", latest: "2026-12-24" },
    title: "Pick a day and a time",
    wrong: ["date", "Day"],
    async fill(page) {
      await page.getByLabel("Day", { exact: true }).fill("2026-12-03");
      await page.getByLabel("Time", { exact: true }).fill("14:30");
    },
    values: { date: "2026-12-03", time: "14:30" },
    said: ["Thursday, December 3, 2026", "14:30"],
  },
};

interface Sample {
  spec: Record<string, unknown>;
  title: string;
  /** A field by its wire name and by what the visitor reads. */
  wrong: [string, string];
  fill(page: TestPage): Promise<void>;
  values: Record<string, unknown>;
  said: string[];
}

let browser: BrowserFixture;
let page: TestPage;
beforeAll(async () => {
  browser = await startBrowser();
});
afterEach(async () => {
  await page?.close();
  if (page?.faults.length) throw new Error(page.faults.join("\n"));
});
afterAll(() => browser.close());

const answers = async () => (await calls(page)).filter(([name]) => name === "answer");
const button = (name: string) => page.getByRole("button", { name, exact: true });

test("a kind is one file and one line in the two lists", () => {
  const folder = new URL("interactions/", import.meta.url);
  const files = readdirSync(folder).filter((name) => !name.startsWith("interaction"));
  expect(files).toHaveLength(Object.keys(interactions).length);
  expect(Object.keys(interactions)).toEqual(Object.keys(KINDS));
  expect(Object.keys(interactions)).toEqual(Object.keys(capabilities));
  const elements = new URL("./", import.meta.url);
  const sources = readdirSync(elements).filter((name) => /(?<!\.test|\.fixture)\.ts$/.test(name));
  for (const source of sources) {
    const text = readFileSync(new URL(source, elements), "utf8");
    for (const [kind, capability] of Object.entries(capabilities)) {
      expect({ source, knows: text.includes(`"${kind}"`) || text.includes(capability) }).toEqual({
        source,
        knows: false,
      });
    }
  }
});

test("a single question heads its card, and its answer is kept without the question's short name", async () => {
  const options = [{ label: "Slim" }, { label: "Wide" }];
  const one = { question: "How should it fit?", header: "Fit", multiSelect: true, options };
  const spec = { questions: [one] };
  page = await openPanel(browser, turnOf([form({ kind: "choices", spec })]));
  const card = page.getByRole("group", { name: one.question }).first();
  expect(await card.getByRole("heading").textContent()).toBe(one.question);
  expect(await card.getByText("Pick any that apply").last().isVisible()).toBe(true);
  const values = { answers: [{ header: "Fit", options: ["Wide"] }] };
  const answer = { state: "submitted", values, here: true } as const;
  await become(page, turnOf([form({ kind: "choices", spec }, { status: "succeeded", answer })]));
  await expect.poll(() => card.locator(".said li").allTextContents()).toEqual(["Wide"]);
});

test("two marks that are made within one frame are both kept", async () => {
  const { spec } = KINDS["choices"] ?? { spec: {} };
  page = await openPanel(browser, turnOf([form({ kind: "choices", spec })]));
  await page.getByLabel("Slim", { exact: true }).check();
  await page.evaluate(() => {
    const marks = globalThis.element.shadowRoot?.querySelectorAll<HTMLElement>("[type=checkbox]");
    for (const mark of [...(marks ?? [])].slice(0, 2)) mark.click();
  });
  await button("Submit").click();
  const told = [
    { header: "Fit", options: ["Slim"] },
    { header: "Colour", options: ["Sand", "Sage"] },
  ];
  expect(await answers()).toEqual([["answer", "i1", { answers: told }]]);
});

describe.each(Object.entries(KINDS))("%s", (kind, { spec, title, wrong, fill, values, said }) => {
  const asked = (change: Partial<ToolPart> = {}) => turnOf([form({ kind, spec }, change)]);
  const card = () => page.getByRole("group", { name: title });

  test("says why it is asked, and hands in what was entered", async () => {
    page = await openPanel(browser, asked());
    expect(await card().locator(".summary").innerText()).toMatch(/^to send it to you$/i);
    await fill(page);
    await button("Submit").click();
    expect(await answers()).toEqual([["answer", "i1", values]]);
    const answer = { state: "sending", values } as const;
    await become(page, asked({ answer }));
    await button("Submit").click({ force: true });
    await button("Decline").click({ force: true });
    expect(await answers()).toHaveLength(1);
    await button("Submit").focus();
    const submitted = { state: "submitted", values, here: true } as const;
    await become(page, turnOf([form({ kind, spec }, { status: "succeeded", answer: submitted })]));
    await card().getByText("You said").waitFor();
    expect(await card().locator(".said li").allTextContents()).toEqual(said);
    expect(await card().getByRole("button").count()).toBe(0);
    await expect.poll(() => card().evaluate((node) => node.matches(":focus"))).toBe(true);
  });

  test("all that is wrong stands beside its field, with the focus there and the entries kept", async () => {
    page = await openPanel(browser, asked());
    await fill(page);
    await button("Submit").click();
    await become(page, asked({ answer: { state: "sending", values } }));
    const fieldErrors = [
      { field: wrong[0], message: "that is not possible" },
      { field: "values", message: "something else" },
    ];
    await become(page, asked({ fieldErrors }));
    const field = card().locator("[aria-invalid=true]");
    await expect.poll(() => field.count()).toBe(1);
    const about = await field.getAttribute("aria-describedby");
    expect(await page.locator(`[id="${about}"]`).textContent()).toBe("that is not possible");
    expect(await card().getByRole("alert").allTextContents()).toEqual(["something else"]);
    await expect.poll(() => field.evaluate((node) => node.matches(":focus"))).toBe(true);
    const byName = page
      .getByLabel(wrong[1], { exact: true })
      .or(page.getByRole("radiogroup", { name: wrong[1] }));
    expect(await byName.first().getAttribute("aria-invalid")).toBe("true");
    await button("Submit").click();
    expect((await answers()).at(-1)).toEqual(["answer", "i1", values]);
  });

  test("may be declined, and says so; elsewhere, in time and never are told apart", async () => {
    page = await openPanel(browser, asked());
    await button("Decline").click();
    expect(await answers()).toEqual([["answer", "i1", null]]);
    for (const [change, words] of [
      [{ answer: { state: "declined", here: true } }, "You declined"],
      [{ answer: { state: "declined", here: false } }, "Answered in another window: declined"],
      [{ answer: { state: "submitted", here: false } }, "Answered in another window"],
      [{ answer: { state: "gone" }, status: "expired" }, "Expired without an answer"],
      [{ answer: { state: "gone" } }, "No longer open"],
    ] as [Partial<ToolPart>, string][]) {
      await become(page, turnOf([form({ kind, spec }, { status: "succeeded", ...change })]));
      expect(await card().locator(".decision").innerText()).toBe(words);
    }
  });

  test("what a model wrote wrongly can only be declined", async () => {
    page = await openPanel(
      browser,
      turnOf([form({ kind, spec: { fields: 1, questions: [null], prompt: 5 } })]),
    );
    await button("Decline").waitFor();
    expect(await button("Submit").count()).toBe(0);
  });
});

test("fields tell the browser what they hold", async () => {
  const { spec } = KINDS["identity_intake"] ?? { spec: {} };
  page = await openPanel(browser, turnOf([form({ kind: "identity_intake", spec })]));
  const told = await page.locator(".interaction input").evaluateAll((inputs) =>
    inputs.map((input) => {
      const { type, autocomplete, inputMode, required } = input as HTMLInputElement;
      return [type, autocomplete, inputMode, required];
    }),
  );
  expect(told).toEqual([
    ["text", "name", "", true],
    ["email", "email", "email", true],
    ["tel", "tel", "tel", false],
  ]);
  await button("Submit").click();
  await expect.poll(() => page.locator("[aria-invalid=true]").count()).toBe(2);
  expect(await page.getByLabel("Full name").evaluate((node) => node.matches(":focus"))).toBe(true);
  expect(await answers()).toEqual([]);
});

test("what the page itself finds wrong is said in the language of the chat, not in the browser's", async () => {
  page = await openPanel(
    browser,
    turnOf([form({ kind: "identity_intake", spec: KINDS["identity_intake"]?.spec ?? {} })]),
  );
  await page.evaluate(() => void (globalThis.element.locale = "de"));
  await page.getByRole("button", { name: "Absenden" }).waitFor();
  const errors = page.locator(".field-error");
  const submit = async () => page.locator("[part=submit]").click();
  await page.getByLabel("E-Mail").fill("ada");
  await submit();
  const fillIn = "Bitte füllen Sie dieses Feld aus.";
  await expect
    .poll(() => errors.allInnerTexts())
    .toEqual([fillIn, "Bitte geben Sie eine E-Mail-Adresse wie name@example.com ein."]);

  const { spec } = KINDS["date_time"] ?? { spec: {} };
  await become(page, turnOf([form({ kind: "date_time", spec }, { toolCallId: "i2" })]));
  await page.getByLabel("Tag", { exact: true }).fill("2026-11-30");
  await submit();
  await expect
    .poll(() => errors.allInnerTexts())
    .toEqual([
      "Bitte wählen Sie einen Tag vom 1. Dezember 2026 bis zum 24. Dezember 2026.",
      fillIn,
    ]);
  expect(await answers()).toEqual([]);
});
