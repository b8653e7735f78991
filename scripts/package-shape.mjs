// npm run check:package: packs each public package and lints what a consumer would get.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "smooth-agent-pack-"));
const complaints = [];

try {
  for (const workspace of ["protocol", "server", "widget"]) {
    const pkgDir = join(root, workspace);
    const pkg = JSON.parse(readFileSync(join(pkgDir, "package.json"), "utf8"));
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
        cwd: pkgDir,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
    const tarball = readFileSync(join(folder, packed.filename));
    const bytes = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength);
    const { messages } = await publint({ pack: { tarball: bytes }, strict: true });
    for (const message of messages) {
      complaints.push(`${workspace}: ${formatMessage(message, pkg, { color: false })}`);
    }
    /** @type {string[]} */
    const paths = packed.files.map((/** @type {{ path: string }} */ file) => file.path);
    for (const path of paths.filter((path) =>
      /\.(test|contract|fixture)\.|\.tsbuildinfo$/.test(path),
    )) {
      complaints.push(`${workspace}: packs ${path}, which no consumer needs`);
    }
    for (const path of entryPaths(pkg)) {
      if (!paths.includes(path))
        complaints.push(`${workspace}: names ${path} but does not pack it`);
    }
    console.log(`${workspace}: ${packed.files.length} files, ${packed.size} bytes packed`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;

/** @param {Record<string, unknown>} pkg */
function entryPaths(pkg) {
  return leaves([pkg["main"], pkg["types"], pkg["bin"], pkg["exports"]])
    .filter((path) => path.startsWith("./") && !path.includes("*"))
    .map((path) => path.slice(2));
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
function leaves(value) {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}
