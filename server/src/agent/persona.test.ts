import { expect, test } from "vitest";
import { layeredPersonas } from "./persona.js";

const configured = new Map([["acme", "CONFIGURED"]]);

test.each([
  ["acme", "STORED", "STORED"],
  ["acme", null, "CONFIGURED"],
  ["acme", " \n", "CONFIGURED"],
  ["globex", undefined, "GENERAL"],
  ["__proto__", null, "GENERAL"],
  ["", null, "GENERAL"],
])("the persona of %j, stored as %j, is %s", async (organizationId, stored, persona) => {
  const asked: string[] = [];
  const read = async (id: string) => (asked.push(id), stored);
  expect(await layeredPersonas(read, configured, "GENERAL").of(organizationId)).toBe(persona);
  expect(asked).toEqual([organizationId]);
});

test("there is none where nobody wrote one", async () => {
  const personas = layeredPersonas(async () => null, new Map(), undefined);
  expect(await personas.of("acme")).toBeUndefined();
});

test("a database that fails is no reason to take another persona", async () => {
  const broken = async () => Promise.reject(new Error("no database"));
  const personas = layeredPersonas(broken, configured, "GENERAL");
  await expect(personas.of("acme")).rejects.toThrow("no database");
});
