/** Of the `data-…` of the script tag, those that hold JSON for a property of the element. */
const JSON_DATA = /^(auth-context|metadata|context|strings)$/;

/** What no attribute may bring: handlers, and what a strict policy forbids. */
const FORBIDDEN = /^(on|style)/;

/**
 * Mounts what the script tag asks for: its `data-…` are the attributes of the element. With
 * `data-agent-id` an element is put at the end of the body, once however often the script is on the
 * page. Without `data-endpoint` the server is where the script came from. `data-auth-context`,
 * `data-metadata`, `data-context` and `data-strings` are JSON.
 *
 * @param ready called once the page has its body, and the element if one was asked for
 */
export function mountFromScript(script: HTMLScriptElement, ready?: () => void): void {
  const begin = () => {
    mount(script);
    ready?.();
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
}

function mount(script: HTMLScriptElement): void {
  const there = [...document.querySelectorAll("smooth-agent")].map((each) => keyOf(each));
  if (!script.dataset["agentId"] || there.includes(keyOf(script, "data-"))) return;
  const element = document.createElement("smooth-agent");
  for (const { name, value } of script.attributes) {
    const own = name.replace(/^data-/, "");
    if (own === name || FORBIDDEN.test(own)) continue;
    if (!JSON_DATA.test(own)) element.setAttribute(own, value);
    else {
      try {
        const property = own === "auth-context" ? "authContext" : own;
        Object.assign(element, { [property]: JSON.parse(value) as unknown });
      } catch {
        console.error(`smooth-agent: ${name} is not valid JSON`);
      }
    }
  }
  document.body.append(element);
}

/** The agent an element talks to, and where. */
function keyOf(element: Element, prefix = ""): string {
  return `${element.getAttribute(`${prefix}agent-id`)} ${element.getAttribute(`${prefix}endpoint`)}`;
}
