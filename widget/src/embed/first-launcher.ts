import { MARK_PATH } from "../elements/mark.js";
import look from "./first-launcher.css?inline";

/**
 * Paints the launcher of an element that is not there yet, into the shadow root which the element
 * then takes over.
 */
export function firstLauncher(element: Element): HTMLElement {
  const root = element.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  const accent = element.getAttribute("accent") ?? "";
  const label = element.getAttribute("launcher-label");
  sheet.replaceSync(look);
  if (CSS.supports("color", accent)) sheet.insertRule(`:host{--own:${accent}}`);
  root.adoptedStyleSheets = [sheet];
  const drawing = made("svg", { viewBox: "0 0 24 24" }, made("path", { d: MARK_PATH }));
  const button = made(
    "button",
    {
      class: "launcher",
      part: "launcher",
      "aria-label": `${label ? `${label}: ` : ""}Open the chat`,
      "aria-expanded": "false",
      "aria-haspopup": "dialog",
    },
    made("span", {}, made("slot", { name: "launcher" }, drawing)),
    label ? made("b", {}, label) : "",
  );
  root.append(button);
  return button as HTMLElement;
}

function made(
  tag: string,
  attributes: Record<string, string>,
  ...children: (Element | string)[]
): Element {
  const node = /svg|path/.test(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const name in attributes) node.setAttribute(name, attributes[name] ?? "");
  node.append(...children);
  return node;
}
