import { identitySpec, type FieldError } from "@smooth-agent/protocol";
import { z } from "zod";
import { plainLine } from "../plain-line.js";
import { fieldError, fieldOf, isEmpty, REQUIRED } from "./answer-field.js";
import { interactionKind, line } from "./interaction-kind.js";

const key = z.enum(["name", "email", "phone"]);
type Key = z.output<typeof key>;

const field = z
  .union([
    key,
    z.strictObject({ key, required: z.boolean().optional(), label: line(80).optional() }),
  ])
  .transform((given) => (typeof given === "string" ? { key: given } : given))
  .transform(({ required = true, ...rest }) => ({ ...rest, required }));

/** Asks the visitor who they are. What they say authenticates nobody. */
export const identityIntake = interactionKind({
  kind: "identity_intake",
  capability: "identity_form",
  tool: "request_identity_intake",
  title: "Ask for contact details",
  description:
    "Asks the visitor for their name, email or phone. Ask only for what you need for what they want. What they say is not verified.",
  valuesShape: '{"name"?: text, "email"?: text, "phone"?: text with its country code}',
  fields: {
    fields: z
      .array(field)
      .min(1)
      .max(3)
      .refine((fields) => new Set(fields.map(({ key }) => key)).size === fields.length, {
        error: "must name each field once",
      })
      .describe("What to ask for; a plain name means a required field."),
  },
  spec: identitySpec,
  specOf: ({ fields }) => ({ fields }),
  valuesOf(given, { fields }) {
    const values: Partial<Record<Key, string>> = {};
    const errors: FieldError[] = [];
    for (const { key, required } of fields) {
      const value = fieldOf(given, key);
      if (isEmpty(value)) {
        if (required) errors.push(fieldError(key, REQUIRED));
        continue;
      }
      const { canonical, message } = FORMS[key];
      const text = typeof value === "string" ? canonical(value) : undefined;
      if (text === undefined) errors.push(fieldError(key, message));
      else values[key] = text;
    }
    const isBlank = errors.length === 0 && Object.keys(values).length === 0;
    return { values, errors: isBlank ? [fieldError("values", REQUIRED)] : errors };
  },
  identityOf: (values) => ({ ...values }),
});

/** As many as a page may say when it opens a session. */
const NAME_CHARACTERS = 200;
const EMAIL_CHARACTERS = 320;

/** The canonical form of each field's text; undefined for one that has none. */
const FORMS: Record<Key, { canonical(text: string): string | undefined; message: string }> = {
  name: {
    canonical(text) {
      const name = plainLine(text);
      return name === "" || name.length > NAME_CHARACTERS ? undefined : name;
    },
    message: `must be a text of at most ${NAME_CHARACTERS} characters`,
  },
  email: { canonical: canonicalEmail, message: "must be a valid email address" },
  phone: {
    canonical: canonicalPhone,
    message: "must be a valid phone number (include your country code, e.g. +1 555 123 4567)",
  },
};

function canonicalEmail(text: string): string | undefined {
  const [local = "", domain = "", ...more] = text.trim().split("@");
  const email = `${local}@${domain.toLowerCase()}`;
  const isDotted = domain.includes(".") && !domain.startsWith(".") && !domain.endsWith(".");
  // What is not seen, or is not one line, is part of no address.
  const isPlain = plainLine(email) === email && !/\s/u.test(email);
  if (more.length > 0 || local === "" || !isDotted || !isPlain) return undefined;
  return email.length > EMAIL_CHARACTERS ? undefined : email;
}

function canonicalPhone(text: string): string | undefined {
  const bare = text.replaceAll(/[\s\-.()]/gu, "");
  if (/^\+[1-9]\d{7,14}$/.test(bare)) return bare;
  if (/^\d{10}$/.test(bare)) return `+1${bare}`;
  return /^1\d{10}$/.test(bare) ? `+${bare}` : undefined;
}
