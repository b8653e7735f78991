import { parseSync, type Plugin } from "vite";

/** Takes the indentation out of `html` and `svg` templates, which no minifier touches. */
export function minifyTemplates(): Plugin {
  return {
    name: "minify-templates",
    transform(code, id) {
      if (!/\/widget\/src\/.*\.ts$/.test(id) || !/\b(?:html|svg)`/.test(code)) return undefined;
      const pieces: string[] = [];
      let end = 0;
      for (const piece of markup(parseSync(id, code).program).sort((a, b) => a.start - b.start)) {
        pieces.push(code.slice(end, piece.start), minified(code.slice(piece.start, piece.end)));
        end = piece.end;
      }
      return { code: pieces.join("") + code.slice(end), map: null };
    },
  };
}

function minified(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").replace(/> </g, "><");
}

interface Range {
  start: number;
  end: number;
}

/** The literal parts of all templates below a node of the syntax tree. */
function markup(node: unknown): Range[] {
  if (Array.isArray(node)) return node.flatMap(markup);
  if (typeof node !== "object" || node === null) return [];
  const found = Object.values(node).flatMap(markup);
  return isTemplate(node) ? [...found, ...node.quasi.quasis] : found;
}

function isTemplate(node: object): node is { quasi: { quasis: Range[] } } {
  if (!("type" in node) || node.type !== "TaggedTemplateExpression" || !("tag" in node))
    return false;
  const { tag } = node;
  if (typeof tag !== "object" || tag === null || !("name" in tag)) return false;
  return tag.name === "html" || tag.name === "svg";
}
