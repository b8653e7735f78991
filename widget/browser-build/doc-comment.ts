/** What a doc comment says. */
export interface DocComment {
  description: string;
  /** The blocks behind it, without their `@`. */
  tags: { tag: string; text: string }[];
}

/** Reads the text between the marks of a doc comment. */
export function readDocComment(text: string): DocComment {
  const lines = text.split("\n").map((line) => line.replace(/^\s*\*? ?/, "").trimEnd());
  const [description = "", ...blocks] = lines.join("\n").split(/^@/m);
  const tags = blocks.map((block) => {
    const [, tag = "", rest = ""] = /^(\w+)\s*([^]*)$/.exec(block) ?? [];
    return { tag, text: inOneLine(rest) };
  });
  return { description: inOneLine(description), tags };
}

/** A block of the form `{type} name - description`; the type may be left out. */
export function namedBlock(text: string): { type?: string; name: string; description: string } {
  const [, type = "", name = "", description = ""] =
    /^(?:\{(.+?)\} )?(\S+)(?: - (.*))?$/.exec(text) ?? [];
  return { ...(type && { type }), name, description };
}

function inOneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
