import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { launch } from "../elements/browser.fixture.js";
import type * as App from "./app.fixture.js";

declare global {
  // Only `var` declares a property of globalThis.
  var app: typeof App;
}

/** Pages in a real browser with React in its development mode, where StrictMode mounts twice. */
export interface ReactPages {
  open(): Promise<Page & { faults: string[] }>;
  close(): Promise<void>;
}

export async function startReactPages(): Promise<ReactPages> {
  const [script, browser] = await Promise.all([bundle(), launch()]);
  const server = createServer((request, response) => {
    if (request.url === "/app.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else {
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(
          '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script src="/app.js"></script>',
        );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    async open() {
      const page = await newPage(browser);
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

async function newPage(browser: Browser): Promise<Page & { faults: string[] }> {
  const page = await browser.newPage();
  page.setDefaultTimeout(5_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  return Object.assign(page, { faults });
}

async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    mode: "development",
    logLevel: "warn",
    define: { "process.env.NODE_ENV": '"development"' },
    build: {
      target: "es2022",
      write: false,
      minify: false,
      modulePreload: { polyfill: false },
      lib: {
        entry: fileURLToPath(new URL("app.fixture.ts", import.meta.url)),
        formats: ["iife"],
        name: "app",
      },
    },
  });
  const [built] = Array.isArray(result) ? result : [result];
  const chunk = built && "output" in built ? built.output[0] : undefined;
  if (!chunk) throw new Error("The bundle is empty.");
  return chunk.code;
}
