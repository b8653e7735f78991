const SHOWN_MS = 1500;

/** Copies the text and lets the pressed control say so for a moment by its `data-copied`. */
export async function copyText(text: string, pressed: Element): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The browser or the page's policy forbids it: nothing was copied, so nothing is claimed.
    return;
  }
  pressed.setAttribute("data-copied", "");
  setTimeout(() => pressed.removeAttribute("data-copied"), SHOWN_MS);
}
