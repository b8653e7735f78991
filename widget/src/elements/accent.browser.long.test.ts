import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type BrowserFixture, play, startBrowser, type TestPage } from "./browser.fixture.js";
import { approval, EDITABLE, turnOf } from "./cards.fixture.js";
import { contrasts } from "./contrast.fixture.js";

const HOST = '<smooth-agent agent-id="a"></smooth-agent><script src="/smooth-agent.js"></script>';
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

const PROSE =
  "A [link](https://a.example), `code`\n\n> words\n\n- [x] done\n\n|a|\n|-|\n|[b](https://b.example)|";

/** A page with everything that wears the accent, on every surface. */
async function shown(): Promise<void> {
  page = await browser.open(HOST);
  const { transcript = [] } = turnOf([
    { type: "text", text: PROSE },
    approval({ toolCallId: "c1" }, { ...EDITABLE, risk: "high" }),
  ]);
  await play(page, {
    transcript: [
      { kind: "visitor", id: "v", text: "Hi", at: 1, delivery: "sent" },
      { kind: "person", id: "p", messageId: "p", name: "Ana", text: PROSE, at: 1 },
      ...transcript,
      {
        kind: "agent",
        id: "t2",
        at: 2,
        status: "completed",
        parts: [{ type: "text", text: PROSE }],
        suggestions: ["And now?"],
      },
    ],
    handOff: { state: "active", name: "Ana" },
  });
  await page.getByRole("button", { name: "Open the chat" }).click();
  await page.getByRole("dialog").waitFor();
  await page.getByRole("textbox", { name: "Write a message" }).fill("So?");
  await page.locator(".send[aria-disabled=false]").waitFor();
}

async function wear(accent: string | undefined): Promise<void> {
  await page.evaluate(async (color) => {
    globalThis.element.accent = color;
    await globalThis.element.updateComplete;
  }, accent);
}

async function tooFaint(): Promise<string[]> {
  return (await contrasts(page))
    .filter(({ ratio, least }) => ratio < least)
    .map(({ what, ratio }) => `${what}: ${ratio.toFixed(2)}`);
}

/** The colour of the launcher, as a browser writes it for sRGB. */
function worn(): Promise<string> {
  return page.evaluate(() => {
    const launcher = globalThis.element.shadowRoot?.querySelector(".launcher");
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    if (!launcher || !context) return "";
    context.fillStyle = getComputedStyle(launcher).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].join(" ");
  });
}

test("the words, drawings and edges of the theme keep their contrasts, whatever the accent", async () => {
  await shown();
  const byte = fc.integer({ min: 0, max: 255 });
  const colors = fc.oneof(
    fc.tuple(byte, byte, byte).map((rgb) => `rgb(${rgb.join(" ")})`),
    fc.tuple(byte, byte).map(([hue, part]) => `hsl(${hue * 1.4} 100% ${part / 2.55}%)`),
    fc.constantFrom("#000", "white", "yellow", "blue", "lime", "#0000"),
    fc.constantFrom("0 1 0", "1 0 0", "0 0 1", "1 0 1").map((rgb) => `color(display-p3 ${rgb})`),
  );
  await fc.assert(
    fc.asyncProperty(colors, fc.constantFrom("light", "dark"), async (color, colorScheme) => {
      await page.emulateMedia({ colorScheme: colorScheme === "dark" ? "dark" : "light" });
      await wear(color);
      expect(await tooFaint()).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test("a colour that bears white or black as it is stays as it is", async () => {
  await shown();
  for (const [color, rgb] of [
    ["#0d6a5f", "13 106 95"],
    ["#ffd400", "255 212 0"],
    ["rgb(30 58 138 / 20%)", "30 58 138"],
  ] as const) {
    await wear(color);
    expect(await worn()).toBe(rgb);
  }
});

test("the theme follows the attribute, the page's styles, the theme and the visitor's system", async () => {
  await shown();
  const base = await worn();
  await page.evaluate(() => globalThis.element.setAttribute("accent", "#1e3a8a"));
  await expect.poll(worn).toBe("30 58 138");
  await page.evaluate(() => globalThis.element.removeAttribute("accent"));
  await expect.poll(worn).toBe(base);

  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "html.brand { --smooth-agent-accent: light-dark(rgb(90 0 60), rgb(255 160 90)) }",
    );
    document.adoptedStyleSheets.push(sheet);
    document.documentElement.classList.add("brand");
  });
  expect(await worn()).toBe("90 0 60");
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await worn()).toBe("255 160 90");
  expect(await tooFaint()).toEqual([]);
  await page.evaluate(() => globalThis.element.setAttribute("theme", "light"));
  await expect.poll(worn).toBe("90 0 60");
  expect(await tooFaint()).toEqual([]);
});

test.each([["banana"], ["red } * { display: none"], ["url(https://evil.example/)"]])(
  "%s is no colour: the theme stays the usual one, and nothing is asked for",
  async (word) => {
    await shown();
    const base = await worn();
    await wear("#1e3a8a");
    await wear(word);
    expect(await worn()).toBe(base);
    await page.evaluate((value) => {
      document.documentElement.style.setProperty("--smooth-agent-accent", value);
    }, word);
    expect(await worn()).toBe(base);
    expect(await tooFaint()).toEqual([]);
    expect(page.requested).toEqual([]);
  },
);
