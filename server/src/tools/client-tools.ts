import { CLIENT_TOOL_PREFIX, clientTools, type ClientTool } from "@smooth-agent/protocol";
import { complaintAbout, foreignSchema } from "./foreign-schema.js";
import { titleOf } from "./title.js";
import { readyTool, type Tool } from "./toolbox.js";

/** What is wrong with the tools that a page declares, by the field's name; null when nothing is. */
export function complaintAboutTools(declared: readonly ClientTool[]): string | null {
  for (const [index, { parameters }] of declared.entries()) {
    const complaint = parameters && complaintAbout(parameters);
    if (complaint) return `clientTools.${index}.parameters ${complaint}.`;
  }
  return null;
}

/**
 * The tools that a session's page declared, under the names that the model calls them by.
 *
 * @param stored JSON text of what was declared; null for nothing
 * @param confirmTools names or `*` patterns, of those names, of tools that ask whatever the page says
 */
export function toolsOfPage(stored: string | null, confirmTools: readonly string[]): Tool[] {
  if (stored === null) return [];
  const read = clientTools.safeParse(JSON.parse(stored));
  return read.success ? read.data.map((tool) => toolOfPage(tool, confirmTools)) : [];
}

/** What the page calls a tool that the model knows by this name; undefined when no page has one. */
export function pageName(name: string): string | undefined {
  return name.startsWith(CLIENT_TOOL_PREFIX) ? name.slice(CLIENT_TOOL_PREFIX.length) : undefined;
}

function toolOfPage(
  { name, description, parameters = NO_PARAMETERS, confirm }: ClientTool,
  confirmTools: readonly string[],
): Tool {
  const definition = {
    name: CLIENT_TOOL_PREFIX + name,
    title: titleOf(name),
    description: `${NOTE} ${description}`,
    ...(confirm && { confirm }),
    execute: runsInThePage,
  };
  return { ...readyTool(definition, confirmTools, foreignSchema(parameters)), isOfPage: true };
}

const NO_PARAMETERS = { type: "object", properties: {} };

/** Before the page's own words, which anybody may have written. */
const NOTE =
  "[Acts in the page that the visitor has open. What follows is the page's own description.]";

function runsInThePage(): never {
  throw new Error("A tool of a page was run by the server.");
}
