import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { outlines } from "./core-client.fixture.js";
import { modelServer } from "./gateway/model-server.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { program, writeConfig } from "./program.fixture.js";
import { createSession, SHOP, temporaryFolder } from "./running-server.fixture.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * A folder whose `node_modules` holds our packages as a consumer unpacks them, and everybody else's as
 * they are installed here: with the ws 7 that express-ws brings, which no override reaches.
 */
async function consumer(): Promise<string> {
  const folder = await temporaryFolder();
  const modules = join(folder, "node_modules");
  const ours = join(modules, "@smooth-agent");
  await mkdir(ours, { recursive: true });
  const installed = await readdir(join(root, "node_modules"));
  const others = installed.filter((name) => !name.startsWith(".") && name !== "@smooth-agent");
  const linked = others.map((name) =>
    symlink(join(root, "node_modules", name), join(modules, name)),
  );
  await Promise.all(linked);
  const names = ["protocol", "server", "widget"];
  const workspaces = names.flatMap((name) => ["--workspace", name]);
  const pack = ["pack", "--ignore-scripts", "--pack-destination", folder, ...workspaces];
  await run("npm", pack, { cwd: root });
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  for (const name of names) {
    const tarball = tarballs.find((file) => file.startsWith(`smooth-agent-${name}-`)) ?? "";
    await mkdir(join(ours, name));
    const unpack = ["-xzf", join(folder, tarball), "-C", join(ours, name), "--strip-components=1"];
    await run("tar", unpack);
    const nested = join(root, name, "node_modules");
    if (existsSync(nested)) await symlink(nested, join(ours, name, "node_modules"));
  }
  return folder;
}

it("what npm packs runs a whole conversation", { timeout: 40_000 }, async () => {
  const folder = await consumer();
  const model = await modelServer();
  onTestFinished(() => model.close());
  const tool = `defineTool({ name: "issue_refund", description: "Pays.", confirm: true, execute: () => "paid" })`;
  const config = `{ agents: { shop: { allowedOrigins: ["${SHOP}"] } }, tools: [${tool}] }`;
  await writeConfig(folder, config, "@smooth-agent/server");
  const openai = { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: model.url };
  const bin = join(folder, "node_modules/@smooth-agent/server/dist/main.js");
  const running = await program(folder, openai, bin);
  const client = await running.connect();
  const { sessionId } = await createSession(client);
  model.script(calls({ name: "issue_refund" }), says("Do", "ne."));
  client.send({ action: "send_message", requestId: "r", sessionId, message: "refund" });
  const asked = await client.until("write_confirmation_required");
  expect(outlines([...asked, await client.next()])).toEqual([
    "r: Processing your request...",
    "question issue_refund",
    "call issue_refund",
  ]);
  client.send({ action: "confirm_tool_action", requestId: "v", sessionId, approved: true });
  expect(outlines(await client.rest())).toEqual([
    "v: Tool action approved",
    "result issue_refund",
    '"Do"',
    '"ne."',
    "r eventual_response",
  ]);
  for (const script of ["smooth-agent.js", "loader.js", "smooth-agent.mjs"]) {
    const response = await fetch(`${running.url}/${script}`);
    expect([script, response.status]).toEqual([script, 200]);
    const [chunk] = /[\w-]+-[\w]{8}\.js/.exec(await response.text()) ?? [];
    if (chunk) expect((await fetch(`${running.url}/smooth-agent/${chunk}`)).status).toBe(200);
    else expect(script).toBe("smooth-agent.js");
  }
  expect((await running.end("SIGTERM")).code).toBe(0);
});
