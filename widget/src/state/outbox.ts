import type { Client } from "../client/client.js";
import { isErrorDescriptor, isNumber, isRecord, isText, optional, shape } from "../client/guard.js";
import type { TranscriptEntry, VisitorEntry } from "./conversation-state.js";

/** A message that no server is known to have accepted. */
export type UnsentMessage = Pick<VisitorEntry, "id" | "text" | "at" | "error">;

/** How many such messages survive the page, and of how many characters together: 64 KiB as stored. */
const MESSAGES = 20;
const CHARACTERS = 32_768;
const ID_CHARACTERS = 64;

/** Keeps what is not accepted yet, each message apart: another tab may have its own. */
export interface Outbox {
  /** Takes over what is shown now. */
  note(transcript: TranscriptEntry[]): void;
  /** Reads what was kept, in the order it was written; anybody may have written it. */
  take(items: Record<string, unknown>): UnsentMessage[];
  /** All of that is another visitor's. */
  drop(): void;
}

export function createOutbox(keep: Client["keep"]): Outbox {
  const kept = new Map<string, unknown>();

  return {
    note(transcript) {
      const unsent = new Map<string, VisitorEntry>();
      let characters = 0;
      for (const entry of transcript) {
        if (entry.kind !== "visitor" || entry.delivery === "sent") continue;
        characters += entry.text.length;
        if (unsent.size < MESSAGES && characters <= CHARACTERS) unsent.set(entry.id, entry);
      }
      for (const [id, { text, at, error }] of unsent) {
        const code = error?.code;
        if (kept.has(id) && kept.get(id) === code) continue;
        kept.set(id, code);
        keep(PREFIX + id, { text, at, error });
      }
      for (const id of kept.keys()) {
        if (unsent.has(id)) continue;
        kept.delete(id);
        keep(PREFIX + id, undefined);
      }
    },

    take(items) {
      const found: UnsentMessage[] = [];
      for (const [name, item] of Object.entries(items)) {
        const id = name.slice(PREFIX.length);
        if (!name.startsWith(PREFIX) || id.length > ID_CHARACTERS || !isMessage(item)) continue;
        const { text, at, error } = item;
        found.push({ id, text, at, ...(error && { error }) });
      }
      const taken = found.toSorted((one, other) => one.at - other.at).slice(0, MESSAGES);
      for (const { id, error } of taken) kept.set(id, error?.code);
      return taken;
    },

    drop: () => kept.clear(),
  };
}

const PREFIX = "out/";

const hasMessageFields = shape({
  text: isText,
  at: isNumber,
  error: optional((error) => isRecord(error) && isErrorDescriptor(error)),
});

function isMessage(item: unknown): item is Omit<UnsentMessage, "id"> {
  return hasMessageFields(item);
}
