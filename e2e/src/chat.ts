import { expect, type Locator, type Page } from "@playwright/test";

/** The widget on a page, as a visitor sees and uses it. */
export interface Chat {
  page: Page;
  open(): Promise<void>;
  /** Types a message and presses Enter. */
  say(text: string): Promise<void>;
  /** Presses what the visitor is offered to say: a starter or a suggestion. */
  pressWords(text: string): Promise<void>;
  /** Opens the menu and presses one of its items. */
  choose(item: string): Promise<void>;
  /** Where the visitor writes. */
  field: Locator;
  /** The visitor's messages, oldest first. */
  said: Locator;
  /** The visitor's conversations, while they are listed. */
  listed: Locator;
  /** The agent's answers, oldest first. */
  answers: Locator;
  /** The cards that ask or asked for an approval. */
  cards: Locator;
  approve: Locator;
  decline: Locator;
  /** The forms that the agent shows or showed. */
  forms: Locator;
  /** What asks for a one-time code. */
  code: Locator;
  /** What need not be asked again here. */
  grants: Locator;
  /** Presses a button of a card that then goes: what comes while the card moves is none, and is pressed again. */
  press(button: Locator): Promise<void>;
  stop: Locator;
  /** Waits until the agent has ended the turn. */
  ended(): Promise<void>;
}

/** @param widget which one, on a page with several */
export function chatOf(page: Page, widget: Locator = page.locator("smooth-agent")): Chat {
  const answers = widget.locator("[part=agent-message]");
  const field = widget.locator("[part=composer]").getByRole("textbox");
  const said = widget.locator("[part=visitor-message]");
  return {
    page,
    async open() {
      await widget.getByRole("button", { name: /open the chat/i }).click();
      await expect(widget.getByText(/I am Clay/)).toBeVisible();
    },
    async say(text) {
      await field.fill(text);
      await field.press("Enter");
      await expect(said.last()).toContainText(text);
    },
    async pressWords(text) {
      await widget.getByRole("button", { name: text, exact: true }).click();
      await expect(said.last()).toContainText(text);
    },
    async choose(item) {
      await widget.getByRole("button", { name: "Menu" }).click();
      await widget.getByRole("menuitem", { name: item }).click();
    },
    field,
    said,
    listed: widget.locator("[part=conversations]").getByRole("listitem"),
    answers,
    cards: widget.locator("[part=approval]"),
    approve: widget.getByRole("button", { name: "Approve" }),
    decline: widget.getByRole("button", { name: "Decline", exact: true }),
    forms: widget.locator("[part=interaction]"),
    code: widget.locator("[part=otp]"),
    grants: widget.locator("[part=grants]"),
    async press(button) {
      const card = await button.evaluate((node) =>
        node.closest("[data-question]")?.getAttribute("data-question"),
      );
      // The button of the next question may stand there at once, and is not pressed as well.
      const own = card ? button.and(widget.locator(`[data-question="${card}"] *`)) : button;
      await expect(async () => {
        // It floats over the card's buttons, and nothing counts that is pressed under something.
        const newer = widget.getByRole("button", { name: "New messages" });
        if (await newer.isVisible()) await newer.click({ timeout: 2_000 });
        // What is out of view takes no press, and is not scrolled to before it would.
        await own.scrollIntoViewIfNeeded({ timeout: 3_000 });
        await own.click({ timeout: 3_000 });
        await expect(own).toBeHidden({ timeout: 2_000 });
      }).toPass();
    },
    stop: widget.getByRole("button", { name: /stop/i }),
    async ended() {
      await expect(answers.last()).toHaveAttribute("aria-busy", "false");
      await expect(widget.locator("[part=stop]")).toHaveCount(0);
    },
  };
}

/** Opens the shop page and the chat on it. */
export async function visit(page: Page, url: string): Promise<Chat> {
  await page.goto(url);
  const chat = chatOf(page);
  await chat.open();
  return chat;
}

/** What an answer consists of, in its order: prose, tool lines and cards. */
export function partsOf(answer: Locator): Promise<string[]> {
  return answer
    .locator("[part=prose], [part=tool], [part=approval]")
    .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("part") ?? ""));
}

/** Each render extends the one before: nothing is taken back, repeated or shown out of order. */
export function expectGrowth(shown: string[]): void {
  for (const [index, text] of shown.entries()) {
    expect(text.startsWith(shown[index - 1] ?? ""), `render ${index}: ${text}`).toBe(true);
  }
}

/** A text without white space and the marks of Markdown, so that source and drawing compare. */
export function lettersOf(text: string): string {
  return text.replaceAll(/^\s*\d+\.\s/gm, "").replaceAll(/[\s*#|:>\-`]+/g, "");
}

/**
 * Records the letters of the last answer at every change of what is shown, from now on.
 *
 * @returns reads the distinct texts in the order they were shown
 */
export async function recordRenders(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const root = document.querySelector("smooth-agent")?.shadowRoot;
    if (!root) throw new Error("There is no widget on the page.");
    const renders: string[] = [];
    const record = () => {
      const answer = [...root.querySelectorAll("[part=agent-message]")].at(-1);
      const prose = [...(answer?.querySelectorAll("[part=prose]") ?? [])];
      renders.push(prose.map(({ textContent }) => textContent).join(""));
    };
    const observer = new MutationObserver(record);
    observer.observe(root, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { renders });
  });
  return async () => {
    const renders = await page.evaluate(() => (window as unknown as { renders: string[] }).renders);
    return renders
      .map(lettersOf)
      .filter((text, index, all) => text !== "" && text !== all[index - 1]);
  };
}
