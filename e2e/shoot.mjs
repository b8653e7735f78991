// Takes a picture of every state of the gallery, and one sheet of all for each look:
// node e2e/shoot.mjs --out DIR [--only approvals,forms/date] [--looks light,dark,narrow,german,rtl]
import { mkdir, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chromium, expect } from "@playwright/test";
import { startGallery } from "@smooth-agent/demo";
import { families } from "@smooth-agent/demo/gallery";
import { openState } from "./src/gallery-frame.js";

/** What a look sets, and how wide its frame is. */
const LOOKS = {
  light: { width: 420, settings: { theme: "light" } },
  dark: { width: 420, settings: { theme: "dark" } },
  narrow: { width: 360, settings: { theme: "light" } },
  german: { width: 320, settings: { theme: "light", lang: "de" } },
  rtl: { width: 420, settings: { theme: "light", dir: "rtl", lang: "ar" } },
};

/** States on one sheet: as many as can still be read. */
const PER_SHEET = 8;

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    only: { type: "string", default: "" },
    looks: { type: "string", default: Object.keys(LOOKS).join(",") },
  },
});
if (!values.out) throw new Error("--out names the folder for the pictures.");
const out = resolve(values.out);
const only = values.only.split(",").filter((each) => each !== "");
const looks = values.looks.split(",");
const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

const gallery = await startGallery();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  for (const look of looks) await shootAll(look);
} finally {
  await browser.close();
  await gallery.close();
}

/** @param {string} look */
async function shootAll(look) {
  const of = LOOKS[/** @type {keyof typeof LOOKS} */ (look)];
  if (!of) throw new Error(`--looks knows ${Object.keys(LOOKS).join(", ")}; not ${look}.`);
  const page = await browser.newPage({
    viewport: { width: of.width, height: 640 },
    reducedMotion: "reduce",
  });
  for (const family of families) {
    const wanted = family.states.filter(({ name }) => isWanted(family.name, name));
    if (wanted.length === 0) continue;
    const folder = `${out}/${look}/${family.name}`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const { name, height = 640 } of wanted) {
      await page.setViewportSize({ width: of.width, height });
      await openState(page, gallery.url, `${family.name}/${name}`, of.settings);
      await armed(page);
      await page.screenshot({ path: `${folder}/${name}.png`, animations: "disabled" });
    }
    for (let from = 0; from < wanted.length; from += PER_SHEET) {
      await sheet(look, family.name, wanted.slice(from, from + PER_SHEET), from / PER_SHEET + 1);
    }
  }
  await page.close();
}

/** @param {import("@playwright/test").Page} page whose questions are to be shown as they take presses */
async function armed(page) {
  const waits = page.locator("smooth-agent [part=approve][aria-disabled=true]");
  // One whose answer is on its way, or which is out of view, takes none for good.
  await expect(waits)
    .toHaveCount(0, { timeout: 1_200 })
    .catch(() => undefined);
}

/**
 * One picture of a family, each of its states with its name.
 *
 * @param {string} look
 * @param {string} family
 * @param {readonly { name: string }[]} states
 * @param {number} number
 */
async function sheet(look, family, states, number) {
  const file = `${out}/${look}/${family}.html`;
  const figures = states.map(
    ({ name }) =>
      `<figure><figcaption>${name}</figcaption><img src="${family}/${name}.png"></figure>`,
  );
  const style =
    "body{margin:12px;font:14px system-ui;background:#8a8f93;display:flex;flex-wrap:wrap;gap:14px;align-items:start}figure{margin:0}img{display:block}";
  await writeFile(
    file,
    `<!doctype html><meta charset="utf-8"><style>${style}</style>${figures.join("")}`,
  );
  const page = await browser.newPage({ viewport: { width: 1780, height: 600 } });
  await page.goto(pathToFileURL(file).href);
  await page.screenshot({ path: `${out}/${look}/${family}-${number}.png`, fullPage: true });
  await page.close();
  await rm(file);
  console.log(`${out}/${look}/${family}-${number}.png`);
}

/**
 * @param {string} family
 * @param {string} name
 */
function isWanted(family, name) {
  return only.length === 0 || only.includes(family) || only.includes(`${family}/${name}`);
}
