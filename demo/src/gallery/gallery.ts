import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Response, type Router } from "express";

/** Every state of the chat on one page, at `/gallery`; each by itself at `/gallery/frame`. */
export function gallery(): Router {
  const router = express.Router();
  const page = (name: string) => (_request: unknown, response: Response) => {
    response.set("content-security-policy", CONTENT_SECURITY_POLICY);
    response.sendFile(name, { root: pages });
  };
  router.get("/gallery", page("index.html"));
  router.get("/gallery/frame", page("frame.html"));
  const script = createRequire(import.meta.url).resolve("@smooth-agent/widget/smooth-agent.js");
  router.get("/gallery/smooth-agent.js", (_request, response) => {
    // Named from its own folder: express hides what lies under a folder that begins with a dot.
    response.sendFile(basename(script), { root: dirname(script) });
  });
  // What the script fetches stands beside it.
  const fetched = join(dirname(script), "smooth-agent");
  router.use("/gallery/smooth-agent", express.static(fetched, { index: false, maxAge: 0 }));
  router.use("/gallery", express.static(scripts, { index: false, maxAge: 0 }));
  return router;
}

/** Serves the gallery alone, for a script that looks at it; its address is without the path. */
export async function startGallery(): Promise<{ url: string; close(): Promise<void> }> {
  const app = express();
  app.use("/assets", express.static(assets, { index: false }));
  app.use(gallery());
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** As strict as the shop's own pages: what the chat does here it may do anywhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "frame-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html 'allow-duplicates'",
].join("; ");

const assets = fileURLToPath(new URL("../../public", import.meta.url));
const pages = fileURLToPath(new URL("../../public/gallery", import.meta.url));
const scripts = fileURLToPath(new URL("../../dist/gallery", import.meta.url));
