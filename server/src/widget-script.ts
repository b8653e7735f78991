import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import type { RequestHandler } from "express";

/**
 * Serves the widget's script, with a validator so that a browser asks cheaply whether it changed and
 * readable by any origin so that a page may check its hash.
 */
export function widgetScript(): RequestHandler {
  const { resolve } = createRequire(import.meta.url);
  return (_request, response, next) => {
    response.set({
      "Access-Control-Allow-Origin": "*",
      "Cache-Control": "public, max-age=300",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "X-Content-Type-Options": "nosniff",
    });
    const file = resolve("@smooth-agent/widget/smooth-agent.js");
    // Named from its own folder: express hides what lies under a folder that begins with a dot.
    response.sendFile(basename(file), { root: dirname(file) }, (error?: NodeJS.ErrnoException) => {
      if (!error || response.headersSent) return;
      const status = "status" in error && typeof error.status === "number" ? error.status : 500;
      if (status >= 500) next(error);
      else response.sendStatus(status);
    });
  };
}
