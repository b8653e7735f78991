import { pino, type Logger } from "pino";

/** A logger, and what it was told. */
export function collectedLog(): { logger: Logger; log: string[] } {
  const log: string[] = [];
  return { logger: pino({ level: "trace" }, { write: (line) => void log.push(line) }), log };
}
