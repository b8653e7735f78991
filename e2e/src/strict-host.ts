import { createHash } from "node:crypto";
import type { Page } from "@playwright/test";
import type { Deployment } from "./deployment.js";

/** A page with the strictest policy under which a widget can work at all. */
export interface StrictHost {
  /** Opens it: what it complains of, asks for and writes is noted from its first moment. */
  visit(): Promise<void>;
  /** Everything that broke the policy, that the console took for an error, and that threw. */
  faults(): Promise<string[]>;
  /** What was written to storage, cookies and databases. */
  written(): Promise<string[]>;
  /** Addresses of all requests and sockets, in their order. */
  readonly asked: string[];
}

/** How the widget comes onto the page. */
export interface Embedding {
  /** The script of the agent's server that the page names, with its hash. */
  script: "smooth-agent.js" | "loader.js";
  /** How often the page names it: once when absent. */
  copies?: number;
  /** Further widgets beside that of the script. */
  more?: number;
  /** Whether touching any storage throws, as it does where a browser blocks it. */
  blocksStorage?: boolean;
  /** What the page's own script does behind that of the widget. */
  does?: string;
}

const FILE = "/strict.html";
const HOST_SCRIPT = "/strict-host.js";

/** Serves the page from the shop's own origin, which the agent allows. */
export async function strictHost(
  page: Page,
  { shop, agent }: Deployment,
  { script, copies = 1, more = 0, blocksStorage = false, does = "" }: Embedding,
): Promise<StrictHost> {
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("websocket", (socket) => asked.push(socket.url()));
  page.on("pageerror", (error) => complaints.push(`thrown: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(`console: ${message.text()}`);
  });
  const source = await (await fetch(`${agent.url}/${script}`)).text();
  const own = hostScript(more, agent.url) + does;
  const hashes = { widget: hashOf(source), host: hashOf(own) };
  const tag = `<script src="${agent.url}/${script}" integrity="${hashes.widget}" crossorigin="anonymous"
    data-endpoint="${agent.url}" data-agent-id="shop-assistant" defer></script>`;
  const policy = [
    "default-src 'none'",
    // Besides what the page names by hash: the files that the script fetches.
    `script-src '${hashes.widget}' '${hashes.host}' ${agent.url}/smooth-agent/`,
    "style-src 'none'",
    `connect-src ${agent.url} ${agent.url.replace("http", "ws")} ${shop.url}/api/auth-context`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html 'allow-duplicates'",
  ].join("; ");
  await page.route(`${shop.url}${FILE}`, (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: { "content-security-policy": policy },
      body: `<!doctype html><html lang="en"><title>Strict</title><body><h1>A strict page</h1>
        ${tag.repeat(copies)}
        <script src="${HOST_SCRIPT}" integrity="${hashes.host}" defer></script></body></html>`,
    }),
  );
  await page.route(`${shop.url}${HOST_SCRIPT}`, (route) =>
    route.fulfill({ contentType: "text/javascript", body: own }),
  );
  // A page that the test itself serves has no address, so its own machine is another network to it.
  await page.context().grantPermissions(["local-network-access"], { origin: shop.url });
  await page.addInitScript(watch, blocksStorage);
  return {
    asked,
    async visit() {
      // The shop's own page is where its visitor is logged in.
      await page.request.get(shop.url);
      await page.goto(`${shop.url}${FILE}`);
    },
    async faults() {
      return [...complaints, ...(await page.evaluate(() => globalThis.violations))];
    },
    written: () => page.evaluate(() => globalThis.written),
  };
}

declare global {
  // Only `var` declares a property of globalThis.
  var violations: string[];
  var written: string[];
}

/** Runs in the page before all else of it. */
function watch(blocksStorage: boolean): void {
  const violations: string[] = [];
  const written: string[] = [];
  Object.assign(globalThis, { violations, written });
  document.addEventListener("securitypolicyviolation", (event) =>
    violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
  );
  new ReportingObserver(
    (reports) => {
      for (const { type, body } of reports) violations.push(`${type} ${JSON.stringify(body)}`);
    },
    { buffered: true },
  ).observe();
  const note = (what: string) => void written.push(what);
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  Object.defineProperty(Document.prototype, "cookie", {
    ...cookie,
    set(value: string) {
      note(`cookie ${value}`);
    },
  });
  if (blocksStorage) {
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException(`${name} is blocked`, "SecurityError");
        },
      });
    }
    return;
  }
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (key, value) {
    note(`storage ${key}`);
    setItem.call(this, key, value);
  };
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (name, version) {
    note(`database ${name}`);
    return open.call(this, name, version);
  };
}

/** What the host's people wrote: who the visitor is, and further widgets. */
function hostScript(more: number, url: string): string {
  return `for (let index = 0; index < ${more}; index += 1) {
  const element = document.createElement("smooth-agent");
  element.setAttribute("endpoint", "${url}");
  element.setAttribute("agent-id", "shop-assistant");
  element.id = "more-" + index;
  document.body.append(element);
}
for (const element of document.querySelectorAll("smooth-agent")) {
  element.authContext = async () => (await fetch("/api/auth-context")).json();
}
`;
}

function hashOf(text: string): string {
  return `sha384-${createHash("sha384").update(text).digest("base64")}`;
}
