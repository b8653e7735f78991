import type { SmoothAgentElement } from "@smooth-agent/widget";
import { stateAt } from "./families.js";
import type { Act, GalleryState } from "./gallery-state.js";
import { scriptedConversation } from "./scripted-conversation.js";

const query = new URLSearchParams(location.search);
const path = query.get("state") ?? "";
const state = stateAt(path);
const page = document.documentElement;

page.lang = query.get("lang") ?? "en";
page.dir = query.get("dir") ?? "ltr";
page.dataset["theme"] = query.get("theme") ?? "auto";
document.title = state?.title ?? "No such state";

if (state) await show(state);
else document.body.append(`There is no state ${path}.`);
page.dataset["shown"] = path;

/** Shows a state; what only a person may press is left in `data-taps`, for whoever shoots the page. */
async function show({ conversation, answers, later = [], acts = [], ...state }: GalleryState) {
  await customElements.whenDefined("smooth-agent");
  const element = document.createElement("smooth-agent") as SmoothAgentElement;
  const scripted = scriptedConversation(conversation, answers);
  const wanted = ["theme", "density", "accent", "mode"].flatMap((name) => {
    const value = query.get(name);
    return value ? [[name, value] as const] : [];
  });
  // A closed chat has a launcher only where it floats.
  const mode = state.closed ? "popover" : "inline";
  Object.assign(element, { mode }, Object.fromEntries(wanted), state.settings);
  const locale = query.get("lang");
  if (locale) Object.assign(element, { locale });
  element.conversation = scripted.conversation;
  document.body.append(element);
  await element.updateComplete;
  // A chat that was never opened knows of nothing yet.
  element.opened = true;
  await element.updateComplete;
  // Its words are fetched, and English ones stand there meanwhile.
  if (locale) await found(() => element.shadowRoot?.querySelector(`#panel[lang|="${locale}"]`));
  if (state.closed) {
    element.opened = false;
    await element.updateComplete;
  }
  const taps: string[] = [];
  for (const act of acts) {
    if ("tap" in act) taps.push(act.tap);
    else await perform(act, element);
  }
  page.dataset["taps"] = JSON.stringify(taps);
  for (const change of later) {
    scripted.become(change);
    await element.updateComplete;
  }
  await found(() => !element.shadowRoot?.querySelector(".coming"));
  await settled();
}

async function perform(act: Exclude<Act, { tap: string }>, element: SmoothAgentElement) {
  const root = element.shadowRoot;
  if ("scrollUp" in act) {
    // The reader is where the browser says, and it says so with the next frame.
    await settled();
    root?.querySelector("[part=transcript]")?.scrollBy({ top: -act.scrollUp, behavior: "instant" });
    await settled();
    return;
  }
  const selector = "press" in act ? act.press : act.fill;
  const target = await found(() => root?.querySelector<HTMLInputElement>(selector));
  if (!target) throw new Error(`${path}: nothing is ${selector}`);
  if ("press" in act) target.click();
  else {
    target.value = act.text;
    target.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  }
  await element.updateComplete;
}

/** What `look` comes upon within 300 frames: a card may be fetched before it is drawn. */
async function found<T>(look: () => T | null | undefined): Promise<T | undefined> {
  for (let frame = 0; frame < 300; frame += 1) {
    const there = look();
    if (there) return there;
    await settled();
  }
  return undefined;
}

/** Two frames later all that was asked for is painted. */
function settled(): Promise<void> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
  );
}
