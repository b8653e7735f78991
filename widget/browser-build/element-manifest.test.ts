import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HostApi } from "../src/elements/host-api.js";
import { Settings } from "../src/elements/settings.js";
import * as events from "../src/elements/smooth-agent-events.js";
import { readElementManifest } from "./element-manifest.js";
import { root } from "./script-build.js";

interface Described {
  name: string;
  description?: string;
  kind?: string;
  [field: string]: unknown;
}
interface Declaration extends Described {
  members: Described[];
  attributes: Described[];
  events: (Described & { type: { text: string } })[];
  slots: Described[];
  cssParts: Described[];
  cssProperties: Described[];
}

const [main] = readElementManifest().modules as unknown as [{ declarations: Declaration[] }];
const [element, ...eventClasses] = main.declarations as [Declaration, ...Declaration[]];

/** Everything the widget is drawn from, tests left out. */
const sources = ["elements", "markdown", "embed"]
  .flatMap((folder) =>
    readdirSync(`${root}src/${folder}`, { recursive: true, encoding: "utf8" }).map(
      (file) => `${root}src/${folder}/${file}`,
    ),
  )
  .filter((file) => /\.(?:ts|css)$/.test(file) && !/\.(?:test|fixture)\./.test(file))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

const namesOf = (list: Described[]) => list.map(({ name }) => name).sort();
const matched = (pattern: RegExp) =>
  [...new Set([...sources.matchAll(pattern)].map(([, name = ""]) => name))].sort();

test("names every setting, as a property and as the attribute it is set by", () => {
  const declared = { ...Settings.properties, ...HostApi.properties };
  const fields = element.members.filter(({ kind }) => kind === "field");
  expect(namesOf(fields)).toEqual([...Object.keys(declared), "defaultEndpoint"].sort());
  for (const [name, { attribute = name, reflect }] of Object.entries(declared)) {
    const field = fields.find((each) => each.name === name);
    expect([name, field?.["attribute"]]).toEqual([name, attribute || undefined]);
    expect([name, field?.["reflects"]]).toEqual([name, reflect]);
    const own = element.attributes.find((each) => each["fieldName"] === name);
    expect([name, own?.name]).toEqual([name, attribute || undefined]);
  }
  expect(element.attributes.find(({ name }) => name === "mode")).toMatchObject({
    type: { text: '"popover" | "inline" | "fullpage"' },
    default: '"popover"',
  });
});

test("names every method a page may call, with what it takes and gives back", () => {
  const methods = element.members.filter(({ kind }) => kind === "method");
  const all = Object.entries(Object.getOwnPropertyDescriptors(HostApi.prototype));
  const callable = all.filter(([, { value }]) => typeof value === "function").map(([name]) => name);
  expect(namesOf(methods)).toEqual(callable.filter((name) => name !== "constructor").sort());
  expect(methods.find(({ name }) => name === "send")).toMatchObject({
    parameters: [{ name: "text", type: { text: "string" } }],
    return: { type: { text: "boolean" } },
  });
});

test("names every event, and declares its class with its fields", () => {
  const classes = Object.entries(events);
  expect(namesOf(element.events)).toEqual(classes.map(([, { type }]) => type).sort());
  expect(namesOf(eventClasses)).toEqual(classes.map(([name]) => name).sort());
  for (const { name, type } of element.events)
    expect(classes.find(([, each]) => each.type === name)?.[0]).toBe(type.text);
  expect(eventClasses.find(({ name }) => name === "SmoothAgentHandOffEvent")?.members).toEqual([
    { kind: "field", name: "state", type: { text: 'HandOffChange["state"]' } },
    { kind: "field", name: "name", type: { text: "string | undefined" } },
  ]);
});

test("names every slot, part and custom property that there is, and no other", () => {
  const slots = matched(/<slot name="([^"]+)"/g);
  expect(namesOf(element.slots)).toEqual(
    slots.map((name) => name.replace("${entry.id}", "<entryId>")).sort(),
  );
  expect(namesOf(element.cssParts)).toEqual(matched(/\bpart(?:="|: ")([a-z-]+)"/g));
  const set = matched(/name: "(--smooth-agent-[a-z-]+)"/g);
  const read = matched(/(--smooth-agent-[a-z-]+)/g);
  expect(namesOf(element.cssProperties)).toEqual(read.filter((name) => !set.includes(name)));
});

test("describes everything it names", () => {
  const { members, attributes, slots, cssParts, cssProperties } = element;
  const all = [element, ...eventClasses, ...members, ...attributes, ...element.events];
  const bare = [...all, ...slots, ...cssParts, ...cssProperties].filter(
    ({ description }) => !description,
  );
  expect(namesOf(bare)).toEqual([]);
});

test("the guide names every slot, part and custom property too", () => {
  const guide = readFileSync(`${root}../docs/host-element.md`, "utf8");
  const [, section = ""] = /^## Slots, parts.*?$(.*?)^## /ms.exec(guide) ?? [];
  const bare = ({ name }: Described) => name.replace("--smooth-agent-", "");
  const { slots, cssParts, cssProperties } = element;
  const missing = [...slots, ...cssParts, ...cssProperties].map(bare);
  expect(missing.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
});
