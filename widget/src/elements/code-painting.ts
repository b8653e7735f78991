import type { Chunks } from "./chunks.js";

/** Longer code stays plain: colouring it would hold the page up. */
const MOST_CHARACTERS = 20_000;
const KNOWN =
  /^(?:bash|sh|zsh|css|go|golang|java|jsx?|mjs|cjs|javascript|json5?|jsonc|php|py|python|sql|tsx?|mts|cts|typescript|html?|xml|svg|ya?ml)$/i;

/** Colours code that grows no more, when the browser is idle; nothing is fetched for code of no known language. */
export function codePainting(
  chunks: Pick<Chunks, "whenThere">,
): (code: Element, text: string, language: string) => void {
  return (code, text, language) => {
    if (text.length > MOST_CHARACTERS || !KNOWN.test(language)) return;
    chunks.whenThere("highlighting", ({ paintCode }) =>
      whenIdle(() => {
        if (code.isConnected && code.textContent === text) paintCode(code, text, language);
      }),
    );
  };
}

/** Safari cannot tell when it is idle; it waits a moment. */
function whenIdle(act: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(act);
  else setTimeout(act, 50);
}
