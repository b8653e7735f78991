import { afterAll, beforeAll, expect, test } from "vitest";
import type { TranscriptEntry } from "../state/conversation-state.js";
import { become, type BrowserFixture, play, startBrowser } from "./browser.fixture.js";
import { contrasts } from "./contrast.fixture.js";

let browser: BrowserFixture;
beforeAll(async () => (browser = await startBrowser()), 60_000);
afterAll(() => browser.close());

/** Code in which every colour occurs. */
const ALL_KINDS = [
  "```js\n// comment\nconst name = 'string' + 42;\nfunction title() {}\n```",
  '```json\n{ "attr": true }\n```',
  '```html\n<a href="x">text</a>\n```',
  "```css\na { color: red; }\n```",
  '```sh\necho "$HOME"\n```',
].join("\n\n");

const BODY = `<script src="/smooth-agent.js"></script><smooth-agent agent-id="a1" endpoint="/"></smooth-agent>`;
const CODE = "const answer = '<b>42</b>'; // a comment\nif (answer) run();";

const said = (text: string, status: "running" | "completed"): TranscriptEntry[] => [
  { kind: "agent", id: "r1", at: 1, status, parts: [{ type: "text", text }] },
];

test("code is coloured once it is whole, its text unchanged; until then nothing is fetched for it", async () => {
  const page = await browser.open(BODY);
  const fetched = () => page.requested.filter((url) => url.includes("highlighting"));
  await play(page, { transcript: said("```js\nconst answer", "running") });
  await page.evaluate(() => globalThis.element.open());
  const code = page.locator("smooth-agent pre code");
  await code.waitFor();
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  expect(fetched()).toEqual([]);
  await become(page, { transcript: said(`\`\`\`js\n${CODE}\n\`\`\`\n\nDone.`, "completed") });
  await code.locator("[data-token=keyword]").first().waitFor();
  expect(await code.textContent()).toBe(CODE);
  expect(await code.locator("[data-token=comment]").textContent()).toBe("// a comment");
  expect(await code.locator("b").count()).toBe(0);
  expect(page.faults).toEqual([]);
  await page.close();
});

test.each(["light", "dark"])("every colour of code can be read, %s", async (theme) => {
  const page = await browser.open(BODY.replace("<smooth-agent", `<smooth-agent theme="${theme}"`));
  await play(page, { transcript: said(ALL_KINDS, "completed") });
  await page.evaluate(() => globalThis.element.open());
  const pieces = page.locator("smooth-agent pre code [data-token]");
  for (const kind of ["comment", "keyword", "string", "number", "title", "attr", "variable"])
    await page.locator(`smooth-agent pre [data-token=${kind}]`).first().waitFor();
  const colours = await pieces.evaluateAll((all) =>
    all.map((piece) => getComputedStyle(piece).color),
  );
  expect(new Set(colours).size).toBeGreaterThanOrEqual(5);
  const found = await contrasts(page);
  expect(found.filter(({ what }) => what.endsWith("> span")).length).toBeGreaterThan(10);
  expect(found.filter(({ ratio, least }) => ratio < least)).toEqual([]);
  await page.close();
});
