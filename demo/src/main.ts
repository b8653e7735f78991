import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startAgentServer } from "./agent-server.js";
import { freePort } from "./free-port.js";
import { startScriptedModel } from "./scripted-model/scripted-model.js";
import { startShop } from "./shop/shop.js";

const closers: (() => Promise<void>)[] = [];
let closing: Promise<void> | undefined;

process.once("SIGINT", () => void end(0));
process.once("SIGTERM", () => void end(0));
try {
  await start();
} catch (error) {
  if (closing === undefined) {
    console.error(`\nThe demo could not start. ${error instanceof Error ? error.message : ""}`);
    await end(1);
  }
}

async function start(): Promise<void> {
  const shopPort = await port("DEMO_PORT", 5173);
  const agentPort = await port("PORT", 8787);
  const otherPort = process.env["DEMO_OTHER_PORT"] ? await port("DEMO_OTHER_PORT", 0) : undefined;
  const scripted = !process.env["OPENAI_API_KEY"];
  const agentSecret = randomBytes(32).toString("hex");
  const apiKey = randomBytes(32).toString("hex");
  const data = fileURLToPath(new URL("../data/", import.meta.url));
  mkdirSync(data, { recursive: true });

  const model = scripted ? await startScriptedModel({ port: 0 }) : undefined;
  if (model) closers.unshift(model.close);
  const shop = await startShop({
    port: shopPort,
    otherPort,
    databaseFile: `${data}shop.db`,
    secret: agentSecret,
    apiKey,
    agent: { url: `http://127.0.0.1:${agentPort}`, agentId: "shop-assistant", scripted },
    onMail: ({ to, text }) => console.log(`  Mail to ${to}: ${text}`),
  });
  closers.unshift(shop.close);
  const agent = await startAgentServer({
    port: agentPort,
    databaseUrl: `file:${data}smooth-agent.db`,
    shop: { origin: shop.url, apiUrl: shop.apiUrl, apiKey, agentSecret },
    model,
  });
  closers.unshift(agent.stop);
  void agent.ended.then((how) => {
    if (closing !== undefined) return;
    console.error(`\nThe smooth-agent server ended by itself (${how}), so the demo ends too.`);
    void end(1);
  });

  console.log(`
  Open ${shop.url}

  The shop is at ${shop.url}, its mails at ${shop.url}/mailbox, every state of the chat at
  ${shop.url}/gallery, the smooth-agent server at ${agent.url}.${
    shop.otherUrl ? `\n  The same page from an origin that is not allowed: ${shop.otherUrl}` : ""
  }
  ${
    scripted
      ? "No OPENAI_API_KEY is set: the answers come from a scripted local model."
      : "The answers come from the model that OPENAI_API_KEY opens."
  }
  Ctrl-C ends everything.
`);
}

/** The port a variable names, which must be free; without it the first free one from `first` on. */
async function port(name: string, first: number): Promise<number> {
  const value = process.env[name];
  if (!value) return freePort(first);
  const wanted = Number(value);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535) {
    throw new Error(`${name} must be a port, 1 to 65535; it is ${value}.`);
  }
  return wanted;
}

/** Closes everything that was started, the newest first, and ends the process. */
function end(code: number): Promise<void> {
  closing ??= (async () => {
    for (const close of closers) await close();
    process.exit(code);
  })();
  return closing;
}
