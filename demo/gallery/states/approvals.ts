import type { ToolPart } from "@smooth-agent/widget/conversation";
import { agent, approval, MINUTE, NOW, REFUND, talk, visitor } from "../conversation-parts.js";
import type { Act, GalleryFamily, GalleryState } from "../gallery-state.js";

const EDITABLE = {
  editable: ["amountCents", "reason", "restock", "way", "pieces"],
  arguments: { ...REFUND.arguments, restock: false, way: "card", pieces: 1 },
  fields: [
    { label: "Order", value: "#4198" },
    { label: "Amount", value: "3800" },
    { label: "Reason", value: "Arrived cracked" },
    { label: "Way", value: "card" },
  ],
  inputs: [
    input("amountCents", "Amount", "integer", { minimum: 100, maximum: 3800 }),
    input("reason", "Reason", "multiline", { maxLength: 200 }),
    input("way", "Way", "select", { options: ["card", "voucher"] }),
    input("restock", "Back into stock", "boolean"),
    input("pieces", "Pieces", "number", { minimum: 1 }),
  ],
};

const EDITS = [...EDITABLE.inputs].map(({ argument }): Act => ({
  press: `[id="refund-${argument}-edit"]`,
}));

const HIGH = {
  risk: "high",
  title: "Cancel order 4211",
  summary: "Cancel order 4211 and send $167.00 back",
  toolName: "cancel_order",
} as const;

const APPROVE = { tap: "[part=approve]" } as const;

const DECIDED = { state: "decided", at: NOW, here: true } as const;

/** Approvals that wait for an answer. */
export const approvals: GalleryFamily = {
  name: "approvals",
  title: "Approvals, asked",
  states: [
    asked("asked", "Asked", approval()),
    asked(
      "note",
      "With the model’s words",
      approval(
        {},
        { note: "You wrote that the bowl arrived cracked, so I picked the full price." },
      ),
    ),
    asked("editable", "May be changed", approval({}, EDITABLE), [], 760),
    asked("editing", "Being changed", approval({}, EDITABLE), EDITS, 1100),
    asked(
      "changed",
      "Changed",
      approval({}, EDITABLE),
      [...EDITS.slice(0, 1), { fill: '[id="refund-amountCents"]', text: "2500" }],
      860,
    ),
    asked(
      "changed-wrong",
      "Changed beyond the limit",
      approval({}, EDITABLE),
      [...EDITS.slice(0, 1), { fill: '[id="refund-amountCents"]', text: "9900" }, APPROVE],
      860,
    ),
    asked("high", "High risk", approval({}, HIGH)),
    asked("high-sure", "High risk, second step", approval({}, HIGH), [APPROVE]),
    asked("step-up", "Confirm that it is you", approval({}, { ...HIGH, stepUp: true })),
    asked("remember", "Need not be asked again", approval({}, { remember: true })),
    asked("remember-marked", "Not again, please", approval({}, { remember: true }), [
      { press: ".remember input" },
    ]),
    asked("team", "For the team", approval({}, { approver: "team" })),
    asked("reason", "No, with a reason", approval(), [{ press: ".card > .link" }]),
    asked("details", "Exact details, opened", approval(), [{ press: ".arguments summary" }], 760),
    asked("soon", "Little time left", approval({}, { expiresAt: NOW + 45_000 })),
    {
      name: "several",
      title: "Several at once",
      height: 980,
      conversation: talk(
        visitor("Money back for both bowls, please."),
        agent([
          approval({}, { queued: 1 }),
          approval(
            { toolCallId: "second" },
            { title: "Refund order 4199", summary: "Refund $42.00 to the Visa card ending 4242" },
          ),
        ]),
      ),
    },
    asked(
      "long",
      "Long words everywhere",
      approval(
        {},
        {
          title: "Refund the celadon tea bowl of order 4198 that arrived with a crack in its foot",
          summary:
            "Refund $38.00 to the Visa card ending 4242 of Rosa Lind, and send a return label to rosa.lind-of-the-very-long-address@kiln-and-kettle.example",
          fields: [
            {
              label: "A label that is rather long for its place",
              value: "A value that is long too",
            },
            { label: "Reference", value: "0000000000000000000000000000000000000000000000004198" },
          ],
        },
      ),
    ),
    asked(
      "right-to-left",
      "Right-to-left values",
      approval(
        {},
        {
          title: "استرداد الطلب 4198",
          summary: "استرداد 38.00 دولارًا إلى البطاقة المنتهية بـ 4242",
          fields: [{ label: "السبب", value: "وصل مكسورًا" }],
        },
      ),
    ),
    asked("approving", "Approval on its way", approval({ verdict: sending(true) })),
    asked("declining", "Refusal on its way", approval({ verdict: sending(false) })),
    asked(
      "not-accepted",
      "The answer was not accepted",
      approval({ verdictError: "Your answer did not reach us. Please try again." }),
    ),
    {
      name: "away",
      title: "Out of view",
      conversation: talk(
        visitor("Money back, please."),
        agent([approval(), "While you think it over:\n\n" + "Clay remembers.\n\n".repeat(30)]),
      ),
      acts: [{ scrollUp: -2000 }],
    },
  ],
};

/** What was decided, and what came of it. */
export const outcomes: GalleryFamily = {
  name: "outcomes",
  title: "Approvals, answered",
  states: [
    decided("running", "Approved, at work", "executing", { ...DECIDED, approved: true }),
    decided("done", "Approved, done", "succeeded", { ...DECIDED, approved: true }),
    decided("failed", "Approved, did not work", "failed", { ...DECIDED, approved: true }),
    decided("unknown", "Approved, outcome not known", "unknown", { ...DECIDED, approved: true }),
    decided("changed", "Approved with a change", "succeeded", {
      ...DECIDED,
      approved: true,
      changes: [
        { label: "Amount", from: "$38.00", to: "$25.00" },
        { label: "Way", from: "card", to: "voucher" },
      ],
    }),
    decided("declined", "Declined", "denied", { ...DECIDED, approved: false }),
    decided("declined-reason", "Declined, with a reason", "denied", {
      ...DECIDED,
      approved: false,
      reason: "I would rather have a new bowl, if there is one left.",
    }),
    decided("elsewhere", "Approved elsewhere", "succeeded", {
      ...DECIDED,
      approved: true,
      here: false,
    }),
    decided("declined-elsewhere", "Declined elsewhere", "denied", {
      ...DECIDED,
      approved: false,
      here: false,
    }),
    decided("team-approved", "Approved by the team", "succeeded", {
      ...DECIDED,
      approved: true,
      here: false,
      by: "team",
    }),
    decided("team-declined", "Declined by the team", "denied", {
      ...DECIDED,
      approved: false,
      here: false,
      by: "team",
      reason: "Only the workshop can tell how it broke.",
    }),
    decided("expired", "Expired", "expired", { state: "gone" }),
    decided("gone", "No longer open", "denied", { state: "gone" }),
    decided("record", "As the record tells it", "succeeded", undefined, {
      decision: { approved: true, by: "visitor", at: NOW - 3 * 24 * 60 * MINUTE },
    }),
    decided("details", "Done, details opened", "succeeded", { ...DECIDED, approved: true }, {}, [
      { press: ".card > .arguments > summary" },
    ]),
  ],
};

function input(
  argument: string,
  label: string,
  type: "integer" | "multiline" | "select" | "boolean" | "number",
  change: { minimum?: number; maximum?: number; maxLength?: number; options?: string[] } = {},
) {
  return { argument, label, type, required: type !== "multiline", ...change };
}

function sending(approved: boolean) {
  return { state: "sending", approved } as const;
}

function asked(
  name: string,
  title: string,
  part: ToolPart,
  acts: readonly Act[] = [],
  height?: number,
): GalleryState {
  const conversation = talk(
    visitor("The celadon bowl arrived cracked. I want my money back."),
    agent(["I am sorry. I can send the money back:", part]),
  );
  return { name, title, acts, conversation, ...(height && { height }) };
}

function decided(
  name: string,
  title: string,
  status: ToolPart["status"],
  verdict: ToolPart["verdict"],
  change: Partial<ToolPart> = {},
  acts: readonly Act[] = [],
): GalleryState {
  const part = approval({ status, ...(verdict && { verdict }), ...change });
  const goesOn = status === "executing";
  const conversation = talk(
    visitor("The celadon bowl arrived cracked. I want my money back."),
    agent(["I can send the money back:", part], goesOn ? { status: "running" } : {}),
  );
  return { name, title, acts, conversation };
}
