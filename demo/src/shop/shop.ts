import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import express, { type Request, type Response } from "express";
import { gallery } from "../gallery/gallery.js";
import { backOffice } from "./back-office.js";
import { openMailbox, type Mail } from "./mailbox.js";
import { openOrderEvents } from "./order-events.js";
import { openOrderStore } from "./order-store.js";
import type { AgentEmbed } from "./page.js";
import { storefront } from "./storefront.js";

export interface ShopOptions {
  /** 0 takes any free port. */
  port: number;
  /** Serves the same page from a second origin as well, for trying an origin that is not allowed. */
  otherPort?: number | undefined;
  /** A file path, or `:memory:`. */
  databaseFile: string;
  /** Shared with the agent's backend: signs who the visitor is. */
  secret: string;
  /** What the agent's tools must present to the internal API. */
  apiKey: string;
  agent: AgentEmbed;
  /** Told of each mail that the shop sends. */
  onMail?: ((mail: Mail) => void) | undefined;
}

export interface Shop {
  /** The page's address, which is its origin. */
  url: string;
  /** The same page at another origin, when `otherPort` was given. */
  otherUrl: string | undefined;
  /** The base address of the internal API. */
  apiUrl: string;
  close(): Promise<void>;
}

/** Starts the demo's shop on 127.0.0.1; rejects when a port is taken. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const events = openOrderEvents();
  const orders = openOrderStore(options.databaseFile, () => events.publish());
  const mailbox = openMailbox(options.onMail);
  const app = express();
  app.disable("x-powered-by");
  app.use(canonicalHost);
  app.use("/internal", backOffice(orders, mailbox, options.apiKey));
  app.use("/assets", express.static(assets, { index: false, maxAge: 0 }));
  app.use(gallery());
  const { agent, secret } = options;
  app.use(storefront({ orders, events, mailbox, agent, secret }));

  const servers: Server[] = [];
  const listen = async (port: number): Promise<string> => {
    const server = createServer(app).listen(port, host);
    await once(server, "listening");
    servers.push(server);
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("The shop has no port.");
    return `http://${host}:${address.port}`;
  };
  const close = async (): Promise<void> => {
    events.close();
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    }
    orders.close();
  };

  try {
    const url = await listen(options.port);
    const otherUrl = options.otherPort === undefined ? undefined : await listen(options.otherPort);
    return { url, otherUrl, apiUrl: `${url}/internal`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const host = "127.0.0.1";
const assets = fileURLToPath(new URL("../../public", import.meta.url));

/** One address only: `localhost` would be another origin, and a foreign name is none of ours. */
function canonicalHost(request: Request, response: Response, next: () => void): void {
  if (request.hostname === host) return next();
  response.redirect(307, `http://${host}:${request.socket.localPort ?? 80}${request.originalUrl}`);
}
