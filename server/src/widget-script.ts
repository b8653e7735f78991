import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import express, { type Router, type Response } from "express";

/** What a page names itself; it changes with a release, so a browser asks whether it did. */
const SCRIPTS = ["smooth-agent.js", "smooth-agent.mjs", "loader.js"];

/** What those fetch, by a name that tells the content. */
const HASHED = "/smooth-agent/:file";
const HASHED_NAME = /^[\w-]+\.js$/;

/**
 * Serves the widget's scripts and the files they fetch, readable by any origin so that a page may
 * check their hashes. What is not there is left to the host's own routes.
 */
export function widgetScript(): Router {
  const router = express.Router();
  const { resolve } = createRequire(import.meta.url);
  for (const script of SCRIPTS) {
    router.get(`/${script}`, (_request, response, next) => {
      send(resolve(`@smooth-agent/widget/${script}`), response, next, { maxAge: "5m" });
    });
  }
  router.get(HASHED, (request, response, next) => {
    const { file } = request.params;
    if (!HASHED_NAME.test(file)) return next();
    const folder = dirname(resolve("@smooth-agent/widget/smooth-agent.js"));
    const options = { maxAge: "1y", immutable: true };
    return send(join(folder, "smooth-agent", file), response, next, options);
  });
  return router;
}

function send(
  file: string,
  response: Response,
  next: (error?: unknown) => void,
  caching: { maxAge: string; immutable?: boolean },
): void {
  const headers = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
  };
  // Named from its own folder: express hides what lies under a folder that begins with a dot.
  const options = { root: dirname(file), headers, ...caching };
  response.sendFile(basename(file), options, (error?: NodeJS.ErrnoException) => {
    if (!error || response.headersSent) return;
    const status = "status" in error && typeof error.status === "number" ? error.status : 500;
    if (status === 404) next();
    else if (status >= 500) next(error);
    else response.sendStatus(status);
  });
}
