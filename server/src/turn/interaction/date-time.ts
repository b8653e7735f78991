import { dateTimeSpec, type FieldError } from "@smooth-agent/protocol";
import { z } from "zod";
import { fieldError, fieldOf, isEmpty, REQUIRED } from "./answer-field.js";
import { interactionKind, line } from "./interaction-kind.js";

const day = z
  .string()
  .max(10)
  .refine(isDay, { error: "must be a day as YYYY-MM-DD that there is" });

/** Lets the visitor pick a day, or a day and a time; of which place, the prompt has to say. */
export const dateTime = interactionKind({
  kind: "date_time",
  capability: "date_time_picker",
  tool: "request_date_time",
  title: "Ask for a date",
  description:
    "Asks the visitor to pick a day, or a day and a time of day. Say in the prompt what it is for and, with a time, in which time zone.",
  valuesShape: '{"date": "YYYY-MM-DD", "time"?: "HH:MM" when a time was asked for}',
  fields: {
    prompt: line(500).describe("The question, for the visitor."),
    withTime: z.boolean().default(false).describe("Whether a time of day is asked for too."),
    earliest: day.optional().describe("The first day that may be picked, YYYY-MM-DD."),
    latest: day.optional().describe("The last day that may be picked, YYYY-MM-DD."),
  },
  spec: dateTimeSpec,
  specOf({ earliest, latest, ...asked }) {
    return { ...asked, ...(earliest && { earliest }), ...(latest && { latest }) };
  },
  problemOf: ({ earliest, latest }) =>
    earliest && latest && earliest > latest ? "latest must not be before earliest" : undefined,
  valuesOf(given, { withTime, earliest = "", latest = "9999-12-31" }) {
    const [date, time] = [fieldOf(given, "date"), fieldOf(given, "time")];
    const errors: FieldError[] = [];
    if (isEmpty(date)) errors.push(fieldError("date", REQUIRED));
    else if (!isDay(date)) errors.push(fieldError("date", NO_DAY));
    else if (date < earliest) errors.push(fieldError("date", `must not be before ${earliest}`));
    else if (date > latest) errors.push(fieldError("date", `must not be after ${latest}`));
    if (!withTime) return { values: { date }, errors };
    if (isEmpty(time)) errors.push(fieldError("time", REQUIRED));
    else if (!isTime(time)) errors.push(fieldError("time", NO_TIME));
    return { values: { date, time }, errors };
  },
});

const NO_DAY = "must be a date that there is (YYYY-MM-DD)";
const NO_TIME = "must be a time of day (HH:MM)";

/** Whether a text names a day of the calendar; none is before the year 1. */
function isDay(given: unknown): given is string {
  if (typeof given !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(given)) return false;
  if (given.startsWith("0000")) return false;
  const at = new Date(`${given}T00:00:00Z`);
  // The 31st of a shorter month is taken for a day of the next.
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(given);
}

function isTime(given: unknown): given is string {
  return typeof given === "string" && /^([01]\d|2[0-3]):[0-5]\d$/.test(given);
}
