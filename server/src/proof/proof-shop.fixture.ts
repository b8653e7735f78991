import { SHOP } from "../running-server.fixture.js";
import type { History } from "./history.fixture.js";

/** How long the questions of a tool wait, in milliseconds. */
export const WAIT_MS = { short: 1_000, long: 3_600_000 };

/** How long one run of a tool may take, in milliseconds. */
const TOOL_MS = 1_000;

/** The tools of the shop that is killed, by what the promises are about. */
export const TOOLS = {
  look_up: { gated: false, idempotent: true },
  note: { gated: false, idempotent: false },
  slow_index: { gated: false, idempotent: true },
  refund: { gated: true, idempotent: false },
  quick_refund: { gated: true, idempotent: false },
  slow_transfer: { gated: true, idempotent: false },
  amend: { gated: true, idempotent: false },
  standing: { gated: true, idempotent: false },
} satisfies History["tools"];

/** What a visitor may change in a call of `amend`, as JSON Schema. */
export const AMENDABLE = {
  type: "object",
  properties: { amount: { type: "integer", minimum: 1, maximum: 50 } },
  required: ["amount"],
};

/** What only some of the tools have besides. */
export const TRAITS = {
  amend: { parameters: AMENDABLE, editable: ["amount"] },
  standing: { remember: "conversation" },
} as const;

/** How long the server waits for a page, in milliseconds. */
export const PAGE_LIMITS = { clientToolOfferMs: 1_500, clientToolMs: 1_500 };

/** The expression that its config module exports; each tool writes its effect down at once. */
export const SHOP_CONFIG = `(() => {
  const { pass, note } = globalThis.proof;
  const tool = (name, { gated, idempotent }) => defineTool({
    name,
    description: "Has an effect.",
    idempotent,
    timeoutMs: ${TOOL_MS},
    ...${JSON.stringify(TRAITS)}[name],
    ...(gated && { confirm: true, confirmationMs: name.startsWith("quick_") ? ${WAIT_MS.short} : ${WAIT_MS.long} }),
    async execute(args, { idempotencyKey }) {
      pass("before tool effect");
      note({ kind: "effect", tool: name, args, idempotencyKey });
      pass("after tool effect");
      if (name.startsWith("slow_")) await new Promise((resolve) => setTimeout(resolve, 60));
      pass("before tool returns");
      return args.mark + "done";
    },
  });
  const tools = Object.entries(${JSON.stringify(TOOLS)}).map(([name, traits]) => tool(name, traits));
  return {
    agents: { shop: { allowedOrigins: ["${SHOP}"] } },
    tools,
    limits: ${JSON.stringify(PAGE_LIMITS)},
  };
})()`;
