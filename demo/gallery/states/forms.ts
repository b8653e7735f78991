import type { ToolPart } from "@smooth-agent/widget/conversation";
import { agent, form, talk, visitor } from "../conversation-parts.js";
import type { Act, GalleryFamily, GalleryState } from "../gallery-state.js";

const IDENTITY = {
  kind: "identity_intake",
  spec: {
    fields: [
      { key: "name", required: true },
      { key: "email", required: true },
      { key: "phone", required: false },
    ],
  },
} as const;

const WAY = {
  header: "Way",
  question: "What would you like us to do?",
  multiSelect: false,
  options: [
    { label: "Money back", description: "To the card you paid with, in 3 to 5 days" },
    { label: "A new bowl", description: "Leaves the workshop on Monday" },
    { label: "Keep it, 20 % off" },
  ],
};

const BROKEN = {
  header: "Broken",
  question: "Which pieces arrived broken?",
  multiSelect: true,
  options: [{ label: "Tea bowl, celadon" }, { label: "Tea bowl, tenmoku" }, { label: "Whisk" }],
};

const CHOICES = {
  kind: "choices",
  spec: { questions: [WAY] },
  reason: "So that I do the right thing",
};
const SEVERAL = { ...CHOICES, spec: { questions: [BROKEN, WAY] } };

const DAY = {
  kind: "date_time",
  spec: {
    prompt: "When may the courier fetch the bowl?",
    withTime: false,
    earliest: "2026-11-27",
    latest: "2026-12-11",
  },
  reason: "For the courier",
};
const TIME = { ...DAY, spec: { ...DAY.spec, withTime: true } };

const SEND = ".interaction [part=submit]";

/** Forms and choices that the agent asks for. */
export const forms: GalleryFamily = {
  name: "forms",
  title: "Forms and choices",
  states: [
    asked("identity", "Contact details", form(IDENTITY)),
    asked("identity-empty", "Handed in empty", form(IDENTITY), [{ press: SEND }]),
    asked(
      "identity-wrong",
      "Not accepted",
      form(IDENTITY, {
        fieldErrors: [
          { field: "email", message: "This address does not exist." },
          { field: "values", message: "Somebody else uses these details." },
        ],
      }),
    ),
    asked(
      "identity-sending",
      "On its way",
      form(IDENTITY, { answer: { state: "sending", values: { name: "Rosa Lind" } } }),
    ),
    ended("identity-sent", "Contact details, given", form(IDENTITY), {
      state: "submitted",
      here: true,
      values: { name: "Rosa Lind", email: "rosa@example.com", phone: "+47 900 00 000" },
    }),
    asked("choices", "One of several", form(CHOICES)),
    asked("choices-other", "Something else", form(CHOICES), [{ press: ".chip:last-child input" }]),
    asked(
      "choices-several",
      "Several questions",
      form(SEVERAL),
      [{ press: ".chip:nth-child(1) input" }],
      860,
    ),
    ended("choices-sent", "Choices, made", form(SEVERAL), {
      state: "submitted",
      here: true,
      values: {
        answers: [
          { header: "Broken", options: ["Tea bowl, celadon", "Whisk"] },
          { header: "Way", options: [], other: "Glue them for me" },
        ],
      },
    }),
    asked("date", "A day", form(DAY)),
    asked("date-time", "A day and a time", form(TIME)),
    ended("date-time-sent", "A day and a time, given", form(TIME), {
      state: "submitted",
      here: true,
      values: { date: "2026-12-01", time: "14:30" },
    }),
    ended("declined", "Declined", form(IDENTITY), { state: "declined", here: true }),
    ended("elsewhere", "Answered elsewhere", form(CHOICES), {
      state: "submitted",
      here: false,
      values: { answers: [{ header: "Way", options: ["Money back"] }] },
    }),
    ended("gone", "No longer open", form(IDENTITY), { state: "gone" }),
    ended("expired", "Expired", { ...form(IDENTITY), status: "expired" }, undefined),
    asked("unknown", "Of a kind that is not known", form({ kind: "seance", spec: {} })),
    asked("broken", "That says nonsense", form({ kind: "choices", spec: { questions: 3 } })),
  ],
};

function asked(
  name: string,
  title: string,
  part: ToolPart,
  acts: readonly Act[] = [],
  height?: number,
): GalleryState {
  const conversation = talk(
    visitor("My bowl arrived cracked."),
    agent(["I am sorry to hear that.", part]),
  );
  return { name, title, acts, conversation, ...(height && { height }) };
}

function ended(
  name: string,
  title: string,
  part: ToolPart,
  answer: ToolPart["answer"],
): GalleryState {
  const status = part.status === "awaiting" ? "succeeded" : part.status;
  const conversation = talk(
    visitor("My bowl arrived cracked."),
    agent([
      "I am sorry to hear that.",
      { ...part, status, ...(answer && { answer }) },
      "Thank you.",
    ]),
  );
  return { name, title, conversation };
}
