// npm run lock: brings package-lock.json up to date, with every platform's binaries in it.
// npm leaves out optional packages that the registry at hand does not carry for other platforms, and
// then npm ci refuses the lock file everywhere. Their versions are exact, so they can be filled in.
import { readFileSync, writeFileSync } from "node:fs";

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {(string | undefined)[]} [cpu]
 * @property {(string | undefined)[]} [libc]
 * @property {(string | undefined)[]} [os]
 * @property {boolean} [optional]
 * @property {Record<string, string>} [optionalDependencies]
 */

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
/** @type {Record<string, LockedPackage>} */
const packages = lock.packages;
const added = [];

for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const platform = platformOf(name);
    if (!platform || !/^\d+\.\d+\.\d+/.test(version) || isLocked(path, name)) continue;
    const { cpu, libc, os } = platform;
    packages[`node_modules/${name}`] = {
      version,
      cpu,
      ...(dev ? { dev } : {}),
      ...(libc ? { libc } : {}),
      optional: true,
      os,
    };
    added.push(`${name}@${version}`);
  }
}
const byPath = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, "en"));
lock.packages = Object.fromEntries(byPath);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} packages for other platforms filled in`);

/**
 * @param {string} path where the dependent is installed
 * @param {string} name
 */
function isLocked(path, name) {
  return `node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages;
}

/**
 * The platform that a package of binaries is named for.
 *
 * @param {string} name
 */
function platformOf(name) {
  const match =
    /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|x64|ia32|ppc64|riscv64|s390x)(-gnu|-musl)?/u.exec(
      name,
    );
  if (!match) return undefined;
  const [, os, cpu, libc] = match;
  return {
    cpu: [cpu],
    libc: libc ? [libc === "-gnu" ? "glibc" : "musl"] : undefined,
    os: [os],
  };
}
