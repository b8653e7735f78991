import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { builtScripts } from "./built-scripts.fixture.js";
import type { Conversation, ConversationState } from "../state/conversation-state.js";
import type { SmoothAgentElement } from "./smooth-agent.js";

/** What a host page with a strict policy allows: nothing inline, no HTML from strings. */
const STRICT =
  "default-src 'none'; img-src data:; script-src 'self'; style-src 'self'; connect-src 'self' ws: http:; " +
  "require-trusted-types-for 'script'; trusted-types lit-html 'allow-duplicates'";

const SYSTEM_PATHS = ["chromium", "chromium-browser", "google-chrome"].map(
  (name) => `/usr/bin/${name}`,
);

/** What a page is shown on; by default the window of a computer. */
export interface Screen {
  width?: number;
  height?: number;
  /** Whether it is touched, as a phone's is. */
  touch?: boolean;
  /** Where the visitor is; where the test runs when absent. */
  timezoneId?: string;
  /** Runs before any script of the page. */
  first?: () => void;
}

/** A browser, and a server of pages that carry the script-tag bundle. */
export interface BrowserFixture {
  /** Everything that was built for browsers, by its path. */
  files: ReadonlyMap<string, string>;
  /** Which of them are not to be had, which are not what was built, and until when what a script fetches is late. */
  gate: {
    lost: (path: string) => boolean;
    replaced: Map<string, string>;
    held: Promise<void> | undefined;
  };
  /** Opens a page with this body, where requests for anything but it and the bundle are collected. */
  open(body: string, screen?: Screen): Promise<TestPage>;
  close(): Promise<void>;
}

export interface TestPage extends Page {
  /** Errors of the page, violations of its policy among them. */
  faults: string[];
  /** Paths and addresses the page asked for beyond itself and the script. */
  requested: string[];
}

/** A conversation that a test plays the server of. */
export interface PlayedConversation extends Conversation {
  calls: unknown[][];
  become(change: Partial<ConversationState>): void;
}

declare global {
  // Only `var` declares a property of globalThis.
  var played: PlayedConversation;
  var element: SmoothAgentElement;
}

export async function startBrowser(): Promise<BrowserFixture> {
  const files = await builtScripts();
  const browser = await launch();
  let body = "";
  const gate: BrowserFixture["gate"] = { lost: () => false, replaced: new Map(), held: undefined };
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "", "http://localhost").pathname.slice(1);
    if (path.startsWith("smooth-agent/")) await gate.held;
    const file = gate.lost(path) ? undefined : (gate.replaced.get(path) ?? files.get(path));
    if (file !== undefined) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(file);
    } else if (request.url === "/") {
      const headers = { "content-type": "text/html", "content-security-policy": STRICT };
      response
        .writeHead(200, headers)
        .end(
          `<!doctype html><html lang="en"><title>Host</title><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><body>${body}`,
        );
    } else response.writeHead(404).end();
  }
  const origin = await listen(server);
  return {
    files,
    gate,
    async open(content, { width = 900, height = 700, touch = false, first, timezoneId } = {}) {
      body = content;
      const page = await browser.newPage({
        viewport: { width, height },
        reducedMotion: "reduce",
        hasTouch: touch,
        isMobile: touch,
        ...(timezoneId && { timezoneId }),
      });
      page.setDefaultTimeout(20_000);
      const faults: string[] = [];
      const requested: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      page.on("request", (request) => {
        const url = request.url().replace(origin, "");
        const own = ["/", "data:,"].includes(url) || files.has(url.slice(1).replace(/\?.*/, ""));
        if (!own) requested.push(url);
      });
      if (first) await page.addInitScript(first);
      await page.goto(origin);
      return Object.assign(page, { faults, requested });
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Gives the page's element a conversation that the test plays. */
export async function play(page: Page, state: Partial<ConversationState> = {}): Promise<void> {
  await page.evaluate(async (initial) => {
    let current: ConversationState = {
      connection: { status: "online" },
      agent: { name: "Nora", greeting: "Hello.", starters: ["Where is my order?"] },
      transcript: [],
      history: { loading: false, hasMore: false },
      grants: [],
      ...initial,
    };
    const listeners = new Set<(state: ConversationState) => void>();
    const calls: unknown[][] = [];
    const note =
      (name: string) =>
      (...given: unknown[]) =>
        void calls.push([name, ...given]);
    globalThis.played = {
      calls,
      get state() {
        return current;
      },
      become(change) {
        current = { ...current, ...change };
        for (const listener of listeners) listener(current);
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      open: note("open"),
      write(draft) {
        globalThis.played.become({ draft });
      },
      send: note("send"),
      unsend(id) {
        calls.push(["unsend", id]);
        return undefined;
      },
      editLast: () =>
        current.transcript.flatMap((entry) => (entry.kind === "visitor" ? entry.text : [])).at(-1),
      resend: note("resend"),
      rate: note("rate"),
      list: note("list"),
      startNew: note("startNew"),
      continue: note("continue"),
      login: note("login"),
      logout: note("logout"),
      forget: note("forget"),
      declineAndSend: note("declineAndSend"),
      retry: note("retry"),
      decide: note("decide"),
      answer: note("answer"),
      verifyOtp: note("verifyOtp"),
      requestOtp: note("requestOtp"),
      dismissOtp: note("dismissOtp"),
      revokeGrant: note("revokeGrant"),
      stop: note("stop"),
      loadOlder: note("loadOlder"),
      setAuthContext: () => true,
      close: note("close"),
    };
    const element = document.querySelector("smooth-agent");
    if (!element) throw new Error("no element");
    globalThis.element = element;
    element.conversation = globalThis.played;
    await element.updateComplete;
  }, state);
  await arrived(page);
}

/** Changes the played conversation and waits until that is shown. */
export async function become(page: Page, change: Partial<ConversationState>): Promise<void> {
  await page.evaluate(async (next) => {
    globalThis.played.become(next);
    await globalThis.element.updateComplete;
  }, change);
  await arrived(page);
}

/** Waits until no part of the chat is on its way. */
export async function arrived(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const hosts = [...document.querySelectorAll("smooth-agent")];
    return hosts.every(({ shadowRoot }) => !shadowRoot?.querySelector(".coming"));
  });
}

export function calls(page: Page): Promise<unknown[][]> {
  return page.evaluate(() => globalThis.played.calls);
}

/** The browser that is here. */
export function launch(): Promise<Browser> {
  const candidates = [process.env["CHROMIUM_PATH"], chromium.executablePath(), ...SYSTEM_PATHS];
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path));
  if (!executablePath) throw new Error("No Chromium here: set CHROMIUM_PATH to its executable.");
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
