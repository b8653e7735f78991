import { Ajv2020 } from "ajv/dist/2020.js";
import { LRUCache } from "lru-cache";
import type { ArgumentSchema, CheckedArguments } from "./argument-schema.js";
import type { JsonSchema } from "./tool.js";

/**
 * What is wrong with a JSON Schema that a stranger wrote; null when nothing is. What could take more
 * time to check than the arguments are long is refused with it: patterns, references, comparisons of
 * every entry with every other. Costs little: nothing is compiled.
 */
export function complaintAbout(schema: JsonSchema): string | null {
  if (schema["type"] !== "object") return 'must be a JSON Schema with type "object"';
  const word = refusedWordIn(schema);
  if (word !== undefined) return `must not use ${word}`;
  const { $schema: _, ...plain } = schema;
  return compiler().validateSchema(plain) === true ? null : "must be a JSON Schema";
}

/** Arguments that are checked by a JSON Schema without complaints; it is compiled at the first check. */
export function foreignSchema({ $schema: _, ...jsonSchema }: JsonSchema): ArgumentSchema {
  return {
    jsonSchema,
    async check(value) {
      try {
        if (JSON.stringify(value).length > MOST_CHARACTERS) return TOO_LONG;
        return checkedBy(jsonSchema, value);
      } catch {
        return { ok: false, problems: "The arguments could not be checked." };
      }
    },
  };
}

/** Characters of arguments as JSON: what is checked costs no more than schema and arguments multiplied. */
const MOST_CHARACTERS = 16_000;
const TOO_LONG: CheckedArguments = {
  ok: false,
  problems: `The arguments must take at most ${MOST_CHARACTERS} characters.`,
};

/** Words whose check may take long, or that no compiler agrees on. */
const REFUSED = new Set([
  ...["pattern", "patternProperties", "uniqueItems", "nullable", "discriminator", "id"],
]);
/** Of the words with a `$`, which name and reach other schemas, those that say no more than they say. */
const HARMLESS = new Set(["$schema", "$comment", "$defs"]);
/** Words whose value has a schema under each name, and the names are anybody's. */
const NAMED = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);

// Walks by hand, to no depth of the stack; what is no schema at all is looked at as if it were one.
function refusedWordIn(schema: JsonSchema): string | undefined {
  const rest: { value: unknown; isNamed: boolean }[] = [{ value: schema, isNamed: false }];
  while (rest.length > 0) {
    const { value: next, isNamed } = rest.pop() ?? { value: null, isNamed: false };
    if (typeof next !== "object" || next === null) continue;
    for (const [key, value] of Object.entries(next)) {
      const isWord = !isNamed && !Array.isArray(next);
      if (isWord && key.startsWith("$") && !HARMLESS.has(key)) return key;
      if (isWord && REFUSED.has(key)) return key;
      if (isWord && key === "enum" && isEmpty(value)) return "an empty enum";
      rest.push({ value, isNamed: isWord && NAMED.has(key) });
    }
  }
  return undefined;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

let shared: Ajv2020 | undefined;

// Each compiler reads the schema of all schemas anew; one serves them all. The first problem ends a
// check: a list of all of them grows with schema and arguments multiplied.
function compiler(): Ajv2020 {
  shared ??= new Ajv2020({
    strict: false,
    strictNumbers: true,
    allErrors: false,
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
  });
  return shared;
}

type Check = (value: unknown) => CheckedArguments;

const compiled = new LRUCache<string, Check>({ max: 200 });

function checkedBy(schema: JsonSchema, value: unknown): CheckedArguments {
  const key = JSON.stringify(schema);
  const check = compiled.get(key) ?? compile(schema);
  compiled.set(key, check);
  return check(value);
}

function compile(schema: JsonSchema): Check {
  const ajv = compiler();
  const validate = ajv.compile(schema);
  ajv.removeSchema(schema);
  return (value) => {
    if (validate(value)) return { ok: true, value: { ...(value as Record<string, unknown>) } };
    const problems = ajv.errorsText(validate.errors, { dataVar: "arguments" });
    return { ok: false, problems: problems.slice(0, PROBLEM_CHARACTERS).toWellFormed() };
  };
}

/** Characters of the problems that the model is told. */
const PROBLEM_CHARACTERS = 2_000;
