import type { Client } from "../client/client.js";
import { runtime } from "../client/runtime.js";

/** How many characters of a draft survive the page. */
const CHARACTERS = 20_000;

/** Keeps what the visitor is writing: a while after the last key, and before the page goes. */
export interface KeptDraft {
  note(text: string): void;
  /** Reads what was kept; anybody may have written it. */
  take(items: Record<string, unknown>): string;
  /** Keeps it at once. */
  flush(): void;
  /** It is another visitor's. */
  drop(): void;
}

export function createKeptDraft(keep: Client["keep"], waitMs: number): KeptDraft {
  let text = "";
  let kept = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  return {
    note(next) {
      if (next === text) return;
      text = next;
      if (text === "") return flush();
      if (timer !== undefined) return;
      timer = setTimeout(flush, waitMs);
      runtime.addEventListener?.("pagehide", flush);
    },
    take({ draft }) {
      kept = typeof draft === "string" ? draft : "";
      return kept;
    },
    flush,
    drop() {
      text = kept = "";
      flush();
    },
  };

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    runtime.removeEventListener?.("pagehide", flush);
    if (text === kept) return;
    kept = text;
    keep("draft", text === "" ? undefined : text.slice(0, CHARACTERS));
  }
}
