import { readFileSync } from "node:fs";
import { parseSync } from "vite";
import { type DocComment, readDocComment } from "./doc-comment.js";

/** A node of the syntax tree, as far as it is looked at here. */
export interface Syntax {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** A class as it is written. */
export interface ClassSource {
  name: string;
  doc: DocComment;
  /** The class it extends. */
  base: string | undefined;
  members: MemberSource[];
}

export interface MemberSource {
  name: string;
  node: Syntax;
  doc: DocComment | undefined;
  /** What a node is in the source. */
  text: (node: unknown) => string;
}

/** The classes that a file exports, with their public members. */
export function classesOf(file: string): ClassSource[] {
  const code = readFileSync(file, "utf8");
  const { program, comments } = parseSync(file, code);
  const text = (node: unknown) => (isSyntax(node) ? code.slice(node.start, node.end) : "");
  const docOf = (node: Syntax): DocComment | undefined => {
    const [doc] = comments.filter(
      ({ end, value, type }) =>
        type === "Block" &&
        value.startsWith("*") &&
        end <= node.start &&
        code.slice(end, node.start).trim() === "",
    );
    return doc && readDocComment(doc.value.slice(1));
  };
  return (program.body as unknown as Syntax[]).flatMap((statement) => {
    const found = statement["declaration"];
    if (!isSyntax(found) || found.type !== "ClassDeclaration") return [];
    const { body } = found["body"] as { body: Syntax[] };
    const members = body
      .filter(isPublic)
      .map((node) => ({ name: text(node["key"]), node, doc: docOf(node), text }));
    const doc = docOf(statement) ?? { description: "", tags: [] };
    return { name: text(found["id"]), doc, base: text(found["superClass"]) || undefined, members };
  });
}

export function isSyntax(value: unknown): value is Syntax {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function isPublic({ type, key, accessibility }: Syntax): boolean {
  if (!["PropertyDefinition", "MethodDefinition"].includes(type)) return false;
  return isSyntax(key) && key.type === "Identifier" && (accessibility ?? "public") === "public";
}
