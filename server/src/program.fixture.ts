import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { CoreClient } from "./core-client.fixture.js";
import { SHOP } from "./running-server.fixture.js";

const dist = new URL("../dist/", import.meta.url);
const builtProgram = fileURLToPath(new URL("main.js", dist));

/** The built program as a process of its own. */
export interface Program {
  /** `http://127.0.0.1:<port>` */
  url: string;
  connect(): Promise<CoreClient>;
  /** Sends a signal and waits until the process is gone. */
  end(signal: NodeJS.Signals): Promise<Ended>;
  /** How the process ends. */
  ended: Promise<Ended>;
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Everything it wrote, standard output first. */
  output: string;
}

/**
 * Starts the program in `folder` and waits until it listens. It gets these variables, a free port and
 * nothing else of this process's environment.
 *
 * @throws when it ends before
 */
export async function program(
  folder: string,
  variables: Record<string, string> = {},
  main = builtProgram,
): Promise<Program> {
  const { output, ended, child } = start(folder, variables, main);
  for (;;) {
    const url = /listening on (http:\/\/[\d.:]+)/.exec(output())?.[1];
    if (url) {
      const connect = () => CoreClient.open(`${url.replace("http", "ws")}/ws`, { origin: SHOP });
      const end = (signal: NodeJS.Signals) => {
        child.kill(signal);
        return ended;
      };
      return { url, connect, end, ended };
    }
    const next = await Promise.race([once(child.stdout, "data"), ended]);
    if ("output" in next) throw new Error(`the program ended: ${next.output}`);
  }
}

/** Starts the program where it is expected to end by itself. */
export function endedProgram(
  folder: string,
  variables: Record<string, string> = {},
): Promise<Ended> {
  return start(folder, variables, builtProgram).ended;
}

/** Writes a config module that the program finds by itself; `body` is the expression it exports. */
export async function writeConfig(
  folder: string,
  body: string,
  library = new URL("index.js", dist).href,
): Promise<void> {
  const lines = [
    'import { appendFileSync } from "node:fs";',
    `import { defineConfig, defineTool } from "${library}";`,
    `export default defineConfig(${body});`,
  ];
  await writeFile(join(folder, "smooth-agent.config.mjs"), lines.join("\n"));
}

function start(folder: string, variables: Record<string, string>, main: string) {
  if (!existsSync(main)) throw new Error("The program is not built: run `npm run build` first.");
  const env = { PATH: process.env["PATH"] ?? "", PORT: "0", ...variables };
  const child = spawn(process.execPath, [main], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (written.stderr += chunk.toString()));
  const output = () => written.stdout + written.stderr;
  const ended = once(child, "close").then(([code, signal]): Ended => {
    return {
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      output: output(),
    };
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { child, output, ended };
}
