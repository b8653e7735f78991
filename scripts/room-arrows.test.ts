import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

// Rules on imports pass in silence when a glob or a pattern misses its target. So each arrow is broken
// here on purpose, in a copy of the tree under the real configuration, and must be complained about.

interface Probe {
  file: string;
  code: string;
  broken: boolean;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const workspaces = ["protocol", "server", "widget", "demo", "e2e"];

// CONTRIBUTING.md, Rooms: from the lowest to the highest; rooms of one height do not know each other.
const serverRooms = byHeight([
  ["log"],
  ["store", "gateway", "backplane", "auth", "tools", "notice", "knowledge"],
  ["agent"],
  ["turn"],
  ["actions"],
  ["connection"],
  ["socket", "api"],
  ["server-limits.ts"],
  ["widget-script.ts"],
  ["server.ts"],
  ["config"],
  ["smooth-agent.ts"],
  ["main.ts"],
]);
const widgetRooms = byHeight([
  ["client"],
  ["state", "markdown"],
  ["elements"],
  ["define.ts"],
  ["embed", "react"],
]);

const fileOf = (workspace: string, name: string, depth = "") =>
  name.endsWith(".ts") ? `${workspace}/src/${name}` : `${workspace}/src/${name}/${depth}probe.ts`;
const pathTo = (from: string, to: string) => {
  const up = from.split("/").length - 3;
  const start = up === 0 ? "./" : "../".repeat(up);
  return to.endsWith(".ts") ? start + to.replace(".ts", ".js") : `${start}${to}/thing.js`;
};
const importOf = (path: string) => `import { thing } from "${path}";\nexport const it = thing;\n`;
const typeOf = (path: string) => `import type { Thing } from "${path}";\nexport type It = Thing;\n`;

const between = (workspace: string, rooms: { name: string; height: number }[]): Probe[] =>
  rooms.flatMap((from) =>
    rooms
      .filter((to) => to.name !== from.name)
      .flatMap((to) =>
        ["", "deeper/"].map((depth) => {
          const file = fileOf(workspace, from.name, depth);
          const code = importOf(pathTo(file, to.name));
          return { file, code, broken: to.height >= from.height };
        }),
      ),
  );

const forms: Probe[] = [
  'import "../turn/thing.js";',
  'import type { Thing } from "../turn/thing.js";\nexport type It = Thing;',
  'export { thing } from "../turn/thing.js";',
  'export * from "../turn/thing.js";',
  'export const it = await import("../turn/thing.js");',
  'export type It = import("../turn/thing.js").Thing;',
].map((code) => ({ file: "server/src/store/probe.ts", code, broken: true }));

const packages: Probe[] = [
  ...["express-ws", "ws", "express"].flatMap((name) =>
    serverRooms.map((room) => ({
      file: fileOf("server", room.name),
      code: importOf(name),
      broken:
        room.name !== "socket" &&
        !(
          name === "express" &&
          ["api", "widget-script.ts", "server.ts", "main.ts"].includes(room.name)
        ),
    })),
  ),
  ...[
    "@prisma/client",
    "@prisma/adapter-pg",
    "better-sqlite3",
    "pg",
    "@electric-sql/pglite",
    "pglite-prisma-adapter",
  ].flatMap((name) =>
    serverRooms.map((room) => ({
      file: fileOf("server", room.name),
      code: importOf(name),
      broken: room.name !== "store",
    })),
  ),
  ...["openai", "eventsource-parser/stream"].flatMap((name) =>
    serverRooms.map((room) => ({
      file: fileOf("server", room.name),
      code: importOf(name),
      broken: room.name !== "gateway",
    })),
  ),
  ...serverRooms.flatMap(({ name }) => [
    { file: fileOf("server", name), code: importOf("@smooth-agent/protocol"), broken: false },
    { file: fileOf("server", name), code: importOf("@smooth-agent/widget"), broken: true },
    { file: fileOf("server", name), code: importOf("@smooth-agent/demo"), broken: true },
  ]),
  ...widgetRooms.flatMap(({ name }) => [
    { file: fileOf("widget", name), code: importOf("@smooth-agent/protocol"), broken: true },
    { file: fileOf("widget", name), code: typeOf("@smooth-agent/protocol"), broken: false },
    { file: fileOf("widget", name), code: importOf("@smooth-agent/protocol/codes"), broken: false },
    { file: fileOf("widget", name), code: importOf("@smooth-agent/server"), broken: true },
    { file: fileOf("widget", name), code: importOf("node:fs"), broken: true },
    {
      file: fileOf("widget", name),
      code: importOf("lit"),
      broken: ["client", "state"].includes(name),
    },
  ]),
  { file: "protocol/src/action.ts", code: importOf("@smooth-agent/server"), broken: true },
  { file: "protocol/src/actions/ping.ts", code: importOf("@smooth-agent/widget"), broken: true },
  { file: "protocol/src/action.ts", code: importOf("zod"), broken: false },
  ...["codes", "close-code", "error-code", "limits"].flatMap((name) => [
    { file: `protocol/src/${name}.ts`, code: importOf("zod"), broken: true },
    { file: `protocol/src/${name}.ts`, code: importOf("./action.js"), broken: true },
  ]),
  { file: "protocol/src/codes.ts", code: 'export * from "./limits.js";', broken: false },
];

const reachingAcross: Probe[] = ["server/src/store", "widget/src/state", "demo/src", "e2e"].flatMap(
  (folder) =>
    workspaces
      .filter((workspace) => !folder.startsWith(workspace) && !["demo", "e2e"].includes(workspace))
      .map((workspace) => ({
        file: `${folder}/probe.ts`,
        code: importOf(`${"../".repeat(folder.split("/").length)}${workspace}/src/index.js`),
        broken: true,
      })),
);

const surroundings: Probe[] = [
  ...serverRooms.map(({ name }) => ({
    file: fileOf("server", name),
    code: 'export const it = process.env["HOME"];\n',
    broken: !["main.ts", "config"].includes(name),
  })),
  ...["document", "window", "localStorage", "customElements", "HTMLElement"].flatMap((global) =>
    widgetRooms.map(({ name }) => ({
      file: fileOf("widget", name),
      code: `export const it = ${global};\n`,
      broken: ["client", "state"].includes(name),
    })),
  ),
];

describe.each([
  ["between the rooms of the server", between("server", serverRooms)],
  ["between the rooms of the widget", between("widget", widgetRooms)],
  ["in every form of an import", forms],
  ["to packages", packages],
  ["between workspaces", reachingAcross],
  ["to what surrounds the program", surroundings],
])("arrows %s", (_, probes) => {
  const complaints = complaintsAbout(probes);
  const shown = (wrong: Probe[]) => wrong.map(({ file, code }) => `${file}: ${code}`);

  it("are broken loudly", () => {
    const broken = probes.filter((probe) => probe.broken);
    expect(broken).not.toEqual([]);
    expect(shown(broken.filter((probe) => !complaints.has(probe)))).toEqual([]);
  });

  it("are followed in peace", () => {
    const followed = probes.filter((probe) => !probe.broken);
    expect(shown(followed.filter((probe) => complaints.has(probe)))).toEqual([]);
  });
});

it("every source file belongs to a room", () => {
  // A file that no room claims would be free to import anything, so each gets an import that none may.
  const files = ["protocol", "server", "widget"].flatMap((name) => sources(join(name, "src")));
  const probes = files.map((file) => ({
    file,
    code: importOf("@smooth-agent/demo"),
    broken: true,
  }));
  const complaints = complaintsAbout(probes);
  expect(probes.length).toBeGreaterThan(50);
  expect(probes.filter((probe) => !complaints.has(probe)).map(({ file }) => file)).toEqual([]);
});

/** Which probes the linter complains about, each in a copy of the tree with the configuration at its root. */
function complaintsAbout(probes: Probe[]): Set<Probe> {
  const folder = mkdtempSync(join(tmpdir(), "smooth-agent-arrows-"));
  try {
    const config = JSON.parse(readFileSync(join(root, ".oxlintrc.json"), "utf8")) as object;
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
    const copies = onePerPath(probes);
    for (const [index, layer] of copies.entries()) {
      const copy = join(folder, `copy-${index}`);
      for (const { file, code } of layer) {
        mkdirSync(dirname(join(copy, file)), { recursive: true });
        writeFileSync(join(copy, file), code);
      }
      const untyped = JSON.stringify({ ...config, options: undefined });
      writeFileSync(join(copy, ".oxlintrc.json"), untyped);
    }
    const names = copies.map((_, index) => `copy-${index}`);
    const found = lint(folder, names);
    const marked = copies.flatMap((layer, index) =>
      layer.filter(({ file }) => found.has(`copy-${index}/${file}`)),
    );
    return new Set(marked);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files in which a rule about arrows was broken. */
function lint(folder: string, names: string[]): Set<string> {
  const bin = join(root, "node_modules/oxlint/bin/oxlint");
  const { stdout } = spawnSync(process.execPath, [bin, "--format=json", ...names], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { code: string; filename: string }[];
  };
  const rules = /no-restricted-|no-process-env|consistent-type-imports/u;
  return new Set(
    diagnostics
      .filter(({ code }) => rules.test(code))
      .map(({ filename }) => filename.replaceAll("\\", "/")),
  );
}

function byHeight(heights: string[][]): { name: string; height: number }[] {
  return heights.flatMap((names, height) => names.map((name) => ({ name, height })));
}

function onePerPath(all: Probe[]): Probe[][] {
  const copies: Probe[][] = [];
  const used = new Map<string, number>();
  for (const probe of all) {
    const index = used.get(probe.file) ?? 0;
    used.set(probe.file, index + 1);
    (copies[index] ??= []).push(probe);
  }
  return copies;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path).replaceAll("\\", "/"))
    .filter(
      (path) => path.endsWith(".ts") && !/\.(test|contract|fixture)\.|\/generated\//u.test(path),
    );
}
