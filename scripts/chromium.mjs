import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const SYSTEM_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * Finds the browser that the tests drive: `CHROMIUM_PATH`, Playwright's own download, the system's.
 * On Debian as root a missing one is installed by apt.
 *
 * @returns {string} the path of an executable
 * @throws {Error} that says what to do when there is none
 */
export function findChromium() {
  const named = process.env["CHROMIUM_PATH"];
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
  }
  const found = present();
  if (found) return found;
  if (installByApt()) {
    const installed = present();
    if (installed) return installed;
  }
  throw new Error(
    "The tests need a Chromium and found none. Install one (npx playwright install chromium, or " +
      "your system's package), or set CHROMIUM_PATH to its executable.",
  );
}

function present() {
  return [playwrightPath(), ...SYSTEM_PATHS].find((path) => path && existsSync(path));
}

function playwrightPath() {
  const require = createRequire(new URL("../e2e/package.json", import.meta.url));
  try {
    return require("@playwright/test").chromium.executablePath();
  } catch {
    // Playwright knows no build for this platform.
    return undefined;
  }
}

function installByApt() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  console.log("No Chromium here: installing Debian's.");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  /** @param {string[]} args */
  const apt = (...args) =>
    spawnSync("apt-get", args, { stdio: ["ignore", "inherit", "inherit"], env }).status === 0;
  return (
    apt("update", "-qq") &&
    apt("install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation")
  );
}
