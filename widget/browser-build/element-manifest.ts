import type { Plugin } from "vite";
import {
  classesOf,
  type ClassSource,
  isSyntax,
  type MemberSource,
  type Syntax,
} from "./class-source.js";
import { namedBlock } from "./doc-comment.js";
import { root } from "./script-build.js";

/** What Lit and the browser call; nobody else does. */
const LIFE = /^(?:constructor|styles|properties|\w+Callback)$/;

/** How a property is set from HTML. */
interface Setting {
  attribute?: string;
  reflects?: boolean;
}

/** Adds `custom-elements.json`, from which editors and design tools know the element. */
export function elementManifest(): Plugin {
  return {
    name: "element-manifest",
    generateBundle() {
      const source = `${JSON.stringify(readElementManifest(), undefined, 2)}\n`;
      this.emitFile({ type: "asset", fileName: "custom-elements.json", source });
    },
  };
}

/** The element and its events, as their sources and doc comments tell, in the form of schema 1.0.0. */
export function readElementManifest() {
  const files = ["smooth-agent", "host-api", "settings"].map(
    (name) => `${root}src/elements/${name}.ts`,
  );
  const line = files.flatMap(classesOf);
  const [element] = line;
  if (!element) throw new Error("src/elements/smooth-agent.ts exports no class");
  const events = classesOf(`${root}src/elements/smooth-agent-events.ts`);
  const [index, define] = ["dist/index.js", "dist/define.js"];
  const module = (path: string, declarations: object[], exports: object[]) => ({
    kind: "javascript-module",
    path,
    declarations,
    exports,
  });
  const named = ({ name }: ClassSource) => ({
    kind: "js",
    name,
    declaration: { name, module: index },
  });
  return {
    schemaVersion: "1.0.0",
    modules: [
      module(
        index,
        [elementDeclaration(element, line), ...events.map(eventDeclaration)],
        [element, ...events].map(named),
      ),
      module(
        define,
        [],
        [{ ...named(element), kind: "custom-element-definition", name: "smooth-agent" }],
      ),
    ],
  };
}

function elementDeclaration({ name, doc }: ClassSource, line: ClassSource[]) {
  const settings = settingsIn(line);
  const members = line.flatMap((each) => each.members).filter(isToldOf);
  const blocks = (tag: string) =>
    doc.tags.filter((each) => each.tag === tag).map(({ text }) => namedBlock(text));
  return {
    kind: "class",
    customElement: true,
    tagName: "smooth-agent",
    name,
    description: doc.description,
    superclass: { name: "LitElement", package: "lit" },
    members: members.map((member) => memberOf(member, settings.get(member.name))),
    attributes: members.flatMap((member) => {
      const attribute = settings.get(member.name)?.attribute;
      return attribute === undefined ? [] : [attributeOf(member, attribute)];
    }),
    events: blocks("fires").map(({ type, ...rest }) => ({ ...rest, type: { text: type } })),
    slots: blocks("slot"),
    cssParts: blocks("csspart"),
    cssProperties: blocks("cssprop"),
  };
}

function eventDeclaration({ name, doc, members }: ClassSource) {
  const constructor = members.find((member) => member.name === "constructor");
  const parameters = (constructor?.node["value"] as Syntax | undefined)?.["params"] ?? [];
  const fields = (parameters as Syntax[]).flatMap(({ parameter }) => {
    if (!constructor || !isSyntax(parameter)) return [];
    const { text } = constructor;
    return {
      kind: "field",
      name: nameOf(parameter, text),
      ...typeOf(parameter, text),
    };
  });
  const superclass = { name: "Event", package: "global:" };
  return { kind: "class", name, description: doc.description, superclass, members: fields };
}

/** How each property is set from HTML: its attribute's name, and whether it reflects. */
function settingsIn(line: ClassSource[]): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  for (const { name, node, text } of line.flatMap(({ members }) => members)) {
    if (name !== "properties") continue;
    for (const { key, value } of partsOf(node["value"])) {
      const options = new Map(
        partsOf(value).map((option) => [text(option["key"]), text(option["value"])]),
      );
      const own = options.get("attribute");
      const attribute = own === undefined ? text(key).toLowerCase() : own.replaceAll('"', "");
      settings.set(text(key), {
        ...(own !== "false" && { attribute }),
        ...(options.get("reflect") === "true" && { reflects: true }),
      });
    }
  }
  return settings;
}

function partsOf(object: unknown): Syntax[] {
  return isSyntax(object) && Array.isArray(object["properties"])
    ? (object["properties"] as Syntax[])
    : [];
}

function isToldOf({ name, node }: MemberSource): boolean {
  return !LIFE.test(name) && node["kind"] !== "set";
}

function memberOf(member: MemberSource, setting: Setting | undefined) {
  const { name, node, doc, text } = member;
  const common = {
    name,
    description: doc?.description ?? "",
    ...(node["static"] === true && { static: true }),
  };
  if (node["kind"] !== "method") {
    return { kind: "field", ...common, ...valueOf(member), ...setting };
  }
  const called = node["value"] as Syntax;
  const parameters = (called["params"] as Syntax[]).map((parameter) => ({
    name: nameOf(parameter, text),
    ...typeOf(parameter, text),
    ...(parameter["optional"] === true && { optional: true }),
  }));
  const type = { text: annotation(called["returnType"], text) };
  return { kind: "method", ...common, parameters, return: { type } };
}

function attributeOf(member: MemberSource, attribute: string) {
  const description = member.doc?.description ?? "";
  return { name: attribute, description, ...valueOf(member), fieldName: member.name };
}

/** The type of a field, and what it is at first. */
function valueOf({ node, text }: MemberSource) {
  const { value } = node;
  if (node["kind"] === "get" && isSyntax(value))
    return { type: { text: annotation(value["returnType"], text) } };
  const initial = text(value);
  return { ...typeOf(node, text, initial), ...(initial && { default: initial }) };
}

function nameOf(parameter: Syntax, text: MemberSource["text"]): string {
  return text(parameter).replace(/\??:.*/s, "");
}

function annotation(type: unknown, text: MemberSource["text"]): string {
  return text(type).replace(/^:\s*/, "");
}

function typeOf(node: Syntax, text: MemberSource["text"], initial = "") {
  const type =
    annotation(node["typeAnnotation"], text) || (/^\d/.test(initial) ? "number" : "boolean");
  return { type: { text: node["optional"] ? `${type} | undefined` : type } };
}
