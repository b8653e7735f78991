import { SmoothAgentElement } from "../elements/smooth-agent.js";

/** The attributes of the element that the script tag may give as `data-…`. */
const ATTRIBUTES = [
  "endpoint",
  "agent-id",
  "user-name",
  "user-email",
  "theme",
  "open",
  "lang",
  "dir",
];

/**
 * Mounts what the script tag asks for. With `data-agent-id` an element is put at the end of the
 * body, once however often the script is on the page. Without `data-endpoint` the server is where
 * the script came from. `data-auth-context` and `data-metadata` are JSON objects.
 */
export function mountFromScript(script: HTMLScriptElement): void {
  SmoothAgentElement.defaultEndpoint ??= originOf(script.src);
  if (!script.dataset.agentId) return;
  if (document.body) mount(script);
  else document.addEventListener("DOMContentLoaded", () => mount(script), { once: true });
}

function mount(script: HTMLScriptElement): void {
  const { agentId = "", endpoint } = script.dataset;
  const there = [...document.querySelectorAll("smooth-agent")].some(
    (each) =>
      each.getAttribute("agent-id") === agentId &&
      each.getAttribute("endpoint") === (endpoint ?? null),
  );
  if (there) return;
  const element = document.createElement("smooth-agent");
  for (const name of ATTRIBUTES) {
    const value = script.getAttribute(`data-${name}`);
    if (value !== null) element.setAttribute(name, value);
  }
  const authContext = jsonOf(script, "data-auth-context");
  if (authContext !== undefined) element.authContext = authContext;
  const metadata = jsonOf(script, "data-metadata");
  if (typeof metadata === "object") element.metadata = { ...metadata };
  document.body.append(element);
}

function originOf(source: string): string | undefined {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  return url?.protocol.startsWith("http") ? url.origin : undefined;
}

function jsonOf(script: HTMLScriptElement, name: string): unknown {
  const text = script.getAttribute(name);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    console.error(`smooth-agent: ${name} is not valid JSON`);
    return undefined;
  }
}
