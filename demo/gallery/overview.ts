import { families } from "./families.js";
import type { GalleryFamily, GalleryState } from "./gallery-state.js";

const controls = document.querySelector<HTMLFormElement>("#controls");
const shown = document.querySelector("#families");
const links = document.querySelector("#links");

if (controls && shown && links) {
  take(controls, new URLSearchParams(location.search));
  for (const family of families) {
    links.append(link(`#${family.name}`, family.title), " ");
    shown.append(section(family));
  }
  controls.addEventListener("input", () => apply(controls));
  controls.addEventListener("submit", (event) => event.preventDefault());
  apply(controls);
}

/** Sets the controls as the address says. */
function take(form: HTMLFormElement, query: URLSearchParams): void {
  for (const [name, value] of query) {
    const control = form.elements.namedItem(name);
    if (control instanceof HTMLSelectElement || control instanceof HTMLInputElement)
      control.value = value;
  }
}

/** Shows every frame as the controls say, and keeps that in the address. */
function apply(form: HTMLFormElement): void {
  const chosen = [...new FormData(form)].filter(([, value]) => value !== "") as [string, string][];
  const query = new URLSearchParams(chosen);
  history.replaceState(null, "", `?${query}${location.hash}`);
  document.body.dataset["width"] = query.get("width") ?? "360";
  query.delete("width");
  for (const frame of document.querySelectorAll("iframe")) {
    const source = frameAddress(frame.name, query);
    if (frame.getAttribute("src") !== source) frame.src = source;
  }
  for (const alone of document.querySelectorAll<HTMLAnchorElement>("a[data-state]")) {
    alone.href = frameAddress(alone.dataset["state"] ?? "", query);
  }
}

function frameAddress(state: string, query: URLSearchParams): string {
  return `/gallery/frame?${new URLSearchParams([["state", state], ...query])}`;
}

function section(family: GalleryFamily): HTMLElement {
  const made = document.createElement("section");
  made.id = family.name;
  const heading = document.createElement("h2");
  heading.append(family.title);
  const frames = document.createElement("div");
  frames.className = "frames";
  frames.append(...family.states.map((state) => frame(family, state)));
  made.append(heading, frames);
  return made;
}

function frame(family: GalleryFamily, state: GalleryState): HTMLElement {
  const path = `${family.name}/${state.name}`;
  const made = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const alone = link("", state.title);
  alone.dataset["state"] = path;
  caption.append(alone);
  if (state.acts?.some((act) => "tap" in act)) caption.append(" · press Approve to see it");
  const shown = document.createElement("iframe");
  shown.name = path;
  shown.title = `${family.title}: ${state.title}`;
  shown.loading = "lazy";
  shown.height = String(state.height ?? 640);
  made.append(caption, shown);
  return made;
}

function link(href: string, text: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.href = href;
  made.append(text);
  return made;
}
