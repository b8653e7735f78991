import { expect, it } from "vitest";
import { outlines, textAt } from "./core-client.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import { openSession, runningServer, SHOP, UNHURRIED } from "./running-server.fixture.js";
import type { ToolPolicy } from "./tools/tool-policy.js";
import type { ToolDefinition } from "./tools/tool.js";

// Everything that decides about a call, in every combination, over the real engine.

const VIEW = { title: "May I?", summary: "It writes." };
const late = () => new Promise<never>(() => {});
const fails = () => {
  throw new RangeError("n is 1");
};

const DECISIONS = {
  none: undefined,
  true: true,
  view: () => VIEW,
  yes: async () => true,
  no: async () => false,
  refuses: () => ({ refuse: "The tool says no." }),
  fails,
  late,
  malformed: () => ({ title: "no summary" }),
} as const;

const POLICIES = {
  nothing: () => undefined,
  ask: () => "ask",
  run: async () => "run",
  refuses: () => ({ refuse: "The house says no." }),
  fails,
  late,
  malformed: () => null,
} as const;

type Decision = keyof typeof DECISIONS;
type Policy = keyof typeof POLICIES;
interface Case {
  decision: Decision;
  policy: Policy;
  isNamed: boolean;
  risk: "low" | "high";
}

const cases: Case[] = (Object.keys(DECISIONS) as Decision[]).flatMap((decision) =>
  (Object.keys(POLICIES) as Policy[]).flatMap((policy) =>
    [false, true].flatMap((isNamed) =>
      (["low", "high"] as const).map((risk) => ({ decision, policy, isNamed, risk })),
    ),
  ),
);

const BROKEN = ["fails", "late", "malformed"];
const UNDECIDED = "Whether this call may run could not be decided.";

/** What must become of a call, in the words of the guide. */
function expected({ decision, policy, isNamed, risk }: Case): string {
  if (BROKEN.includes(policy)) return UNDECIDED;
  if (policy === "refuses") return "The house says no.";
  const saysNothing = decision === "none" && !isNamed && risk === "low";
  if (saysNothing) return policy === "ask" ? "asked" : "ran";
  if (BROKEN.includes(decision)) return UNDECIDED;
  if (decision === "refuses") return "The tool says no.";
  if (policy === "ask") return "asked";
  if (policy === "run" && risk === "low") return "ran";
  return decision === "no" && !isNamed ? "ran" : "asked";
}

const nameOf = ({ decision, policy, isNamed, risk }: Case) =>
  [decision, policy, isNamed ? "named" : "free", risk].join("-");

it("what becomes of a call is decided by its policy, its tool, the patterns and the risk alike", async () => {
  const ran: string[] = [];
  const tools = cases.map((given): ToolDefinition => {
    const name = nameOf(given);
    const confirm = DECISIONS[given.decision] as ToolDefinition["confirm"];
    const parameters = { type: "object", properties: { n: { type: "number" } } };
    const execute = () => void ran.push(name);
    return { name, description: "d", parameters, confirm, risk: given.risk, execute };
  });
  const toolPolicy = ((call) => {
    const policy = call.tool.name.split("-")[1] as Policy;
    return POLICIES[policy]();
  }) as ToolPolicy;
  const server = await runningServer({
    agents: { shop: { name: "Mira", allowedOrigins: [SHOP] } },
    ...{ tools, toolPolicy, confirmTools: ["*-named-*"] },
    limits: { ...UNHURRIED, hostFunctionMs: 40, sweepMs: 60_000 },
  });
  const found: Record<string, string> = {};
  for (const given of cases) {
    const name = nameOf(given);
    // One that is kept is told now and then that its questions wait.
    const { client, sessionId } = await openSession(server);
    server.model.script(calls({ name, arguments: { n: 1 } }), says("Well."));
    client.send({ action: "send_message", requestId: "r", sessionId, message: "hi" });
    const frames = await client.until("write_confirmation_required", "eventual_response", "error");
    const isAsked = frames.at(-1)?.type === "write_confirmation_required";
    if (isAsked) await client.next();
    await client.close();
    if (isAsked) {
      found[name] = ran.includes(name) ? "asked and ran" : "asked";
      continue;
    }
    const lines = outlines(frames);
    expect(lines.at(-1)).toBe("r eventual_response");
    if (ran.includes(name)) {
      found[name] = lines.includes(`result ${name}`) ? "ran" : "ran and failed";
      continue;
    }
    expect(lines).toContain(`failure ${name}`);
    const failed = frames.find(({ text }) => text.includes('"toolResult"'));
    found[name] = failed ? textAt(failed, "data.state.rawResponse.toolResult.result") : "untold";
  }
  for (const [name, told] of Object.entries(found)) {
    if (told.startsWith(UNDECIDED)) found[name] = UNDECIDED;
  }
  expect(found).toEqual(Object.fromEntries(cases.map((each) => [nameOf(each), expected(each)])));
  expect(cases).toHaveLength(252);
  const complaints = server.log.filter((line) => line.includes("failed: the call is refused"));
  expect(complaints.length).toBe(Object.values(found).filter((told) => told === UNDECIDED).length);
  // What an error says may be what it was called with.
  expect(complaints.join("")).not.toContain("n is 1");
}, 480_000);
