import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Heard, Order } from "./failpoints.fixture.js";

const dist = new URL("../../dist/", import.meta.url);
const main = fileURLToPath(new URL("main.js", dist));
const failpoints = new URL("proof/failpoints.fixture.js", dist).href;

/** The built program in a process of its own that can be told when to die. */
export interface ArmedProgram {
  /** Its socket address, as soon as it listens; rejects when it ends before. */
  listening: Promise<string>;
  ended: Promise<void>;
  /** Rejects when it ends before it answers. */
  order(order: Order): Promise<Heard>;
  kill(): void;
  /** Whether it was killed, and did not end by itself. */
  wasKilled(): boolean;
  /** The last that it wrote. */
  output(): string;
}

export function armedProgram(folder: string, variables: Record<string, string>): ArmedProgram {
  const env = { PATH: process.env["PATH"] ?? "", PORT: "0", ...variables };
  const child = spawn(process.execPath, [...SHORT_LIVED, "--import", failpoints, main], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const ended = once(child, "close").then(() => undefined);
  const listening = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS);
      const url = /listening on http:(\/\/[\d.:]+)/.exec(output)?.[1];
      if (url) resolve(`ws:${url}/ws`);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    void ended.then(() => reject(new Error(`the program ended: ${output}`)));
  });
  listening.catch(() => undefined);
  return {
    listening,
    ended,
    order: (order) =>
      Promise.race([
        ask(child, order),
        ended.then(() => Promise.reject(new Error("the program ended before it answered"))),
      ]),
    kill: () => void child.kill("SIGKILL"),
    wasKilled: () => child.signalCode === "SIGKILL",
    output: () => output,
  };
}

// A process that lives for a second does not need the database client's WASM optimised: a third of its CPU.
const SHORT_LIVED = ["--liftoff-only"];

const OUTPUT_CHARACTERS = 20_000;

async function ask(child: ChildProcess, order: Order): Promise<Heard> {
  const heard = once(child, "message");
  // What cannot be sent is not answered, and its end says so.
  child.send(order, () => undefined);
  const [answer] = (await heard) as [Heard];
  return answer;
}
