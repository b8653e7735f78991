/** Of the `data-…` of the script tag, those that hold JSON for a property of the element. */
const JSON_PROPERTIES = /^(authContext|metadata|context|strings)$/;

/** What is no business of the element's: handlers, and what others use to mark a script. */
const NOT_ITS = /^(on|style|class|id$|nonce)/;

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
    mount(script.dataset);
    ready?.();
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
}

function mount(data: DOMStringMap): void {
  const { agentId, endpoint } = data;
  const there = [...document.querySelectorAll("smooth-agent")].some(
    (each) =>
      each.getAttribute("agent-id") === agentId &&
      each.getAttribute("endpoint") === (endpoint ?? null),
  );
  if (!agentId || there) return;
  const element = document.createElement("smooth-agent");
  for (const [name, text = ""] of Object.entries(data)) {
    if (JSON_PROPERTIES.test(name)) assignJson(element, name, text);
    else if (!NOT_ITS.test(name)) element.setAttribute(kebabCase(name), text);
  }
  document.body.append(element);
}

function assignJson(element: HTMLElement, name: string, text: string): void {
  try {
    Object.assign(element, { [name]: JSON.parse(text) as unknown });
  } catch {
    console.error(`smooth-agent: data-${kebabCase(name)} is not valid JSON`);
  }
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, "-$&").toLowerCase();
}
