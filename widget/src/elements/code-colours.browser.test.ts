import { afterAll, beforeAll, expect, test } from "vitest";
import type { TranscriptEntry } from "../state/conversation-state.js";
import { become, type BrowserFixture, play, startBrowser } from "./browser.fixture.js";

let browser: BrowserFixture;
beforeAll(async () => (browser = await startBrowser()), 60_000);
afterAll(() => browser.close());

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
