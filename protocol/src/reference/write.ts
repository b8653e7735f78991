// Writes protocol/reference from the schemas: npm run generate -w @smooth-agent/protocol
import { mkdirSync, writeFileSync } from "node:fs";
import { protocolJsonSchema } from "./json-schema.js";
import { referencePage } from "./page.js";

const folder = new URL("../../reference/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(
  new URL("protocol.schema.json", folder),
  `${JSON.stringify(protocolJsonSchema(), null, 2)}\n`,
);
writeFileSync(new URL("protocol.md", folder), referencePage());
