import { choicesSpec, type ChoicesSpec } from "@smooth-agent/protocol";
import { z } from "zod";
import { plainLine } from "../plain-line.js";
import { fieldError, fieldOf, isEmpty, quoted } from "./answer-field.js";
import { interactionKind, line } from "./interaction-kind.js";

const option = z
  .union([line(100), z.strictObject({ label: line(100), description: line(300).optional() })])
  .transform((given) => (typeof given === "string" ? { label: given } : given));

const question = z.strictObject({
  question: line(500),
  header: line(12).describe("One or two words that name the question, each time others."),
  options: z
    .array(option)
    .min(2)
    .max(4)
    .refine((options) => areUnique(options.map(({ label }) => label)), {
      error: "must have each label once",
    }),
  multiSelect: z.boolean().default(false),
});

/** Lets the visitor choose from what the model offers, or say something else. */
export const choices = interactionKind({
  kind: "choices",
  capability: "choice_chips",
  tool: "request_choices",
  title: "Offer choices",
  description:
    "Asks the visitor one to four questions, each with two to four options to pick from; they may also say something else. Use it when the answer decides how you go on.",
  valuesShape:
    '{"answers": [{"header": the question\'s header, "options": [labels that were picked], "other"?: text}]}',
  fields: {
    questions: z
      .array(question)
      .min(1)
      .max(4)
      .refine((questions) => areUnique(questions.map(({ header }) => header)), {
        error: "must each have a header of their own",
      }),
  },
  spec: choicesSpec,
  specOf: ({ questions }) => ({ questions }),
  valuesOf(given, { questions }) {
    const entries = entriesOf(fieldOf(given, "answers"));
    if (!entries) return { values: {}, errors: [fieldError("answers", NO_LIST)] };
    const headers = new Set(questions.map(({ header }) => header));
    const unknown = entries.filter(({ header }) => !headers.has(header));
    const errors = unknown.map(({ header }) => fieldError(quoted(header), NO_QUESTION));
    const answers = questions.map((asked) => {
      const given = entries.filter(({ header }) => header === asked.header);
      const { answer, messages } = answerOf(given, asked);
      errors.push(...messages.map((message) => fieldError(asked.header, message)));
      return answer;
    });
    return { values: { answers }, errors };
  },
});

/** More than any form asks for. */
const MOST_ENTRIES = 20;
const OTHER_CHARACTERS = 500;

const NO_LIST = `must be a list of at most ${MOST_ENTRIES} answers`;
const NO_QUESTION = "is not one of the questions";
const NO_OPTIONS = `options must be a list of at most ${MOST_ENTRIES} texts`;
const LONG_OTHER = `'other' must be a text of at most ${OTHER_CHARACTERS} characters`;
const SINGLE = "this question takes a single answer";
const UNANSWERED = "this question must be answered";
const NOTHING = "select an option or provide an 'other' answer";

interface Entry {
  header: string;
  options: unknown;
  other: unknown;
}

/** What was sent as answers; null when it is no list of them. */
function entriesOf(given: unknown): Entry[] | null {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given) || given.length > MOST_ENTRIES) return null;
  const entries: Entry[] = [];
  for (const entry of given as unknown[]) {
    if (typeof entry !== "object" || entry === null) return null;
    const header = fieldOf(entry, "header");
    if (typeof header !== "string") return null;
    entries.push({ header, options: fieldOf(entry, "options"), other: fieldOf(entry, "other") });
  }
  return entries;
}

interface Answer {
  header: string;
  options: string[];
  other?: string;
}

/** The answer to one question, and everything that is wrong with it. */
function answerOf(
  entries: readonly Entry[],
  { header, options: offered, multiSelect }: ChoicesSpec["questions"][number],
): { answer: Answer; messages: string[] } {
  const [entry] = entries;
  if (!entry) return { answer: { header, options: [] }, messages: [UNANSWERED] };
  const messages = entries.length > 1 ? ["this question was answered more than once"] : [];
  const picked = textsOf(entry.options);
  if (!picked) messages.push(NO_OPTIONS);
  const labels = offered.map(({ label }) => label);
  for (const text of picked ?? []) {
    if (!labels.includes(text))
      messages.push(`'${quoted(text)}' is not one of the offered options`);
  }
  const other = otherOf(entry.other);
  if (other === null) messages.push(LONG_OTHER);
  const answers = (picked?.length ?? 0) + (other ? 1 : 0);
  if (!multiSelect && answers > 1) messages.push(SINGLE);
  if (messages.length === 0 && answers === 0) messages.push(NOTHING);
  const options = labels.filter((label) => picked?.includes(label));
  return { answer: { header, options, ...(other && { other }) }, messages };
}

/** Each text once; null for what is no list of texts. */
function textsOf(given: unknown): string[] | null {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given) || given.length > MOST_ENTRIES) return null;
  const texts = (given as unknown[]).filter((text) => typeof text === "string");
  return texts.length === given.length ? [...new Set(texts)] : null;
}

/** Empty when nothing was said; null for what cannot be an answer. */
function otherOf(given: unknown): string | null {
  if (isEmpty(given)) return "";
  const other = typeof given === "string" ? plainLine(given) : undefined;
  return other === undefined || other.length > OTHER_CHARACTERS ? null : other;
}

function areUnique(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
