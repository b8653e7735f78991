import { createRequire } from "node:module";
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
    response.sendFile(resolve("@smooth-agent/widget/smooth-agent.js"), (error) => {
      if (error) next(error);
    });
  };
}
