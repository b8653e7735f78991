import { MARK_PATHS } from "../elements/mark.js";
import look from "./first-launcher.css?inline";

const SVG = "http://www.w3.org/2000/svg";

/**
 * Paints the launcher of an element that is not there yet, into the shadow root which the element
 * then takes over.
 */
export function firstLauncher(element: Element): HTMLButtonElement {
  const root = element.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(look);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement("button");
  const slot = document.createElement("slot");
  const paths = MARK_PATHS.map((d) => filled(document.createElementNS(SVG, "path"), { d }));
  slot.append(filled(document.createElementNS(SVG, "svg"), { viewBox: "0 0 24 24" }, ...paths));
  root.append(button);
  return filled(
    button,
    {
      type: "button",
      class: "launcher",
      part: "launcher",
      "aria-label": "Open the chat",
      "aria-expanded": "false",
      "aria-haspopup": "dialog",
    },
    filled(slot, { name: "launcher" }),
  );
}

function filled<Node extends Element>(
  node: Node,
  attributes: Record<string, string>,
  ...children: Element[]
): Node {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
