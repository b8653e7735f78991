import { principalToken, PRINCIPAL_SECRET } from "./api/api-client.fixture.js";
import { signAuthToken } from "./auth/auth-token.js";
import { newCode } from "./auth/otp/otp-code.js";
import { at, textAt, type CoreClient, type Frame } from "./core-client.fixture.js";
import { ASK_SIZE, sendIn, SHOWS_FORMS } from "./forms.fixture.js";
import { calls } from "./model-answers.fixture.js";
import {
  createSession,
  resumed,
  runningServer,
  SHOP,
  UNHURRIED,
  type Opened,
  type RunningServer,
} from "./running-server.fixture.js";
import { databaseContents } from "./store/database-contents.fixture.js";
import { writeIn } from "./store/database-file.fixture.js";
import { defineTool } from "./tools/tool.js";

/** An id that nothing ever had. */
export const NEVER = "00000000-0000-4000-8000-000000000000";

type Visibility = "public" | "internal";
const agent = (visibility: Visibility, organizationId?: string) => ({
  ...{ name: "Mira", allowedOrigins: [SHOP], organizationId, visibility },
  secret: `a secret of the agents of ${organizationId}`,
});

/** Two organizations, each with an agent for visitors and one for its own people, and an agent of nobody. */
const agents = {
  shop: agent("public", "acme"),
  staff: agent("internal", "acme"),
  annex: agent("public", "globex"),
  depot: agent("internal", "globex"),
  lobby: agent("public"),
};

export type AgentId = keyof typeof agents;

/** Somebody who comes to an agent: a visitor's page, or a principal with its token. */
export interface Person {
  agentId: AgentId;
  /** Null for an anonymous visitor. */
  userId: string | null;
  /** What a principal's token says besides; absent for a visitor. */
  principal?: { org: string; role?: string };
}

export const isInternal = (agentId: AgentId) => agents[agentId].visibility === "internal";

/** The organization of what a person opens. */
export const organizationOf = ({ agentId, principal }: Person) =>
  agents[agentId].organizationId ?? principal?.org ?? "default";

/** Whether a principal is of another organization than an agent. */
export function isShutOut({ principal }: Person, agentId: AgentId): boolean {
  const { organizationId } = agents[agentId];
  return principal !== undefined && ![undefined, principal.org].includes(organizationId);
}

const visitor = (agentId: AgentId, userId: string | null): Person => ({ agentId, userId });
const principal = (agentId: AgentId, userId: string, org: string, role?: string): Person => ({
  ...{ agentId, userId, principal: { org, role } },
});

/** Everybody who asks. */
export const callers = {
  anonymous: visitor("shop", null),
  "verified A": visitor("shop", "ada"),
  "verified B": visitor("shop", "bob"),
  "principal of org 1": principal("staff", "pat", "acme"),
  "principal of org 2": principal("depot", "gus", "globex"),
  "admin of org 1": principal("lobby", "ann", "acme", "admin"),
} satisfies Record<string, Person>;

/** The agent of the other organization that is like one. */
const TWINS: Record<AgentId, AgentId> = {
  ...{ shop: "annex", annex: "shop", staff: "depot", depot: "staff", lobby: "lobby" },
};

/** Whose the conversations are that a caller asks for: never one that its connection opened. */
export function ownersFor(caller: Person): Map<string, Person> {
  const { agentId, userId, principal: claims } = caller;
  const owners: Record<string, Person> = {
    "visitor's of org 1": visitor("shop", userId === "ada" ? "bob" : "ada"),
    "ownerless of org 1": visitor("shop", null),
    "internal of org 1": principal("staff", "dora", "acme"),
    "visitor's of org 2": visitor("annex", "zoe"),
    "ownerless of org 2": visitor("annex", null),
    "internal of org 2": principal("depot", "rex", "globex", "admin"),
    "ownerless of no org": visitor("lobby", null),
    "org 2's with the agent of nobody": principal("lobby", "lee", "globex"),
  };
  if (userId === null) return new Map(Object.entries(owners));
  const org = claims?.org === "acme" ? "globex" : "acme";
  const namesake = {
    agentId: TWINS[agentId],
    userId,
    ...(claims && { principal: { ...claims, org } }),
  };
  const mine = { "own elsewhere": caller, "namesake's of the other org": namesake };
  return new Map(Object.entries({ ...owners, ...mine }));
}

/** A conversation with a question that waits, and all ids there are to know of it. */
export interface Target extends Opened {
  agentId: AgentId;
  userId: string | null;
  /** The parked turn's. */
  requestId: string;
  toolCallId: string;
  messageId: string;
  /** The code that its session was sent, where nobody knows who the visitor is; else one that never was. */
  code: string;
  /** Another conversation of the same owner's, with a form that waits. */
  form: { client: CoreClient; sessionId: string; interactionId: string };
}

export interface AccessWorld {
  server: RunningServer;
  /** How often the tool behind the questions ran. */
  paid(): number;
  /** The tables of the rows that came and went since this was asked before; empty when none did. */
  written(): string;
  connect(person: Person): Promise<CoreClient>;
  /** What a person's page adds to say who it is; empty for who says nothing, or says it at the handshake. */
  said(person: Person, agentId?: AgentId): Promise<{ authContext?: unknown }>;
  /** Opens a conversation and has its agent ask a question. */
  park(person: Person): Promise<Target>;
  /** The same, with a connection of the person's that holds the session and did not start the turn. */
  hold(person: Person): Promise<Target & { caller: CoreClient }>;
}

export const SENT = "Refund the kettle, please.";

export async function accessWorld(): Promise<AccessWorld> {
  let paid = 0;
  let opened = 0;
  let rows: string[] = [];
  const refund = defineTool({
    name: "issue_refund",
    description: "Pays.",
    confirm: true,
    execute: () => `paid ${++paid}`,
  });
  const server = await runningServer({
    ...{ agents, tools: [refund], principals: { secret: PRINCIPAL_SECRET } },
    otp: {
      contacts: ({ session: { id } }) => [{ channel: "email", destination: id, userId: "eve" }],
      send: () => undefined,
    },
    limits: { ...UNHURRIED, framesPerSecond: 1e6, pendingQuestions: 1e6, gatedCallsPerHour: 1e6 },
  });

  const connect: AccessWorld["connect"] = async ({ userId, principal: claims }) => {
    if (!claims) return server.connect();
    const token = await principalToken({ sub: userId, ...claims });
    const headers = { authorization: `Bearer ${token}` };
    return server.connect({ origin: "https://dash.example", headers });
  };

  const said: AccessWorld["said"] = async (person, agentId = person.agentId) => {
    const { userId } = person;
    if (userId === null || person.principal) return {};
    const { secret } = agents[agentId];
    return { authContext: await signAuthToken({ userId, agentId, secret }) };
  };

  const parkOnForm = async (person: Person): Promise<Target["form"]> => {
    const client = await connect(person);
    const { agentId } = person;
    const who = { agentId, supports: SHOWS_FORMS, ...(await said(person)) };
    const { sessionId } = await createSession(client, who);
    server.model.script(calls(ASK_SIZE));
    client.send(sendIn({ sessionId }, "form"));
    const asked = last(await client.until("interaction_required"));
    await client.next();
    return { client, sessionId, interactionId: textAt(asked, "data.data.interactionId") };
  };

  const park: AccessWorld["park"] = async (person) => {
    const form = await parkOnForm(person);
    const { agentId, userId } = person;
    const client = await connect(person);
    const session = await createSession(client, { agentId, ...(await said(person)) });
    const { sessionId } = session;
    const requestId = `refund ${++opened}`;
    server.model.script(calls({ name: "issue_refund" }));
    client.send({ action: "send_message", requestId, sessionId, message: SENT });
    const question = last(await client.until("write_confirmation_required"));
    const toolCallId = textAt(question, "data.data.toolCallId");
    await client.next();
    const history = await client.ask({ action: "get_conversation_messages", sessionId });
    const messageId = textAt(history, "data.messages.0.id");
    const code = userId === null ? pendingCode(server.file, sessionId) : "123456";
    const seen = { client, agentId, userId, requestId, toolCallId, messageId, form, code };
    return { ...seen, ...session };
  };

  return {
    ...{ server, paid: () => paid, connect, said, park },
    written() {
      const before = rows;
      rows = rowsOf(server.file);
      return changes(before, rows);
    },
    async hold(person) {
      const target = await park(person);
      const { client: caller, answer } = await resumed({ connect: () => connect(person) }, target);
      if (at(answer, "data.activeTurn.status") !== "parked") throw new Error(answer.text);
      return { ...target, caller };
    },
  };
}

/** Leaves a session as a turn does that sent it a code. */
function pendingCode(file: string, sessionId: string): string {
  const { code, salt, codeHash } = newCode();
  const texts = [sessionId, sessionId, "pay", "Pay", "email", "e***", sessionId, "eve"];
  const times = ["2026-01-01T00:00:00.000+00:00", "2099-01-01T00:00:00.000+00:00"];
  const values = [...texts, codeHash, salt, "5", ...times].map((value) => `'${value}'`);
  writeIn(
    file,
    `INSERT INTO "OtpChallenge" ("id", "sessionId", "toolName", "toolTitle", "channel",
       "maskedDestination", "contact", "subject", "codeHash", "salt", "attemptsLeft", "sentAt", "expiresAt")
     VALUES (${values.join()})`,
  );
  return code;
}

export function last(frames: readonly Frame[]): Frame {
  const frame = frames.at(-1);
  if (!frame) throw new Error("no frame");
  return frame;
}

/** Every row of a database, as text. */
function rowsOf(file: string): string[] {
  return [...databaseContents(file)].flatMap(([table, rows]) =>
    rows.map((row) => `${table} ${JSON.stringify(row)}`),
  );
}

function changes(before: readonly string[], after: readonly string[]): string {
  const [old, fresh] = [new Set(before), new Set(after)];
  const tableOf = (row: string) => row.slice(0, row.indexOf(" "));
  const came = after.filter((row) => !old.has(row)).map((row) => `+${tableOf(row)}`);
  const gone = before.filter((row) => !fresh.has(row)).map((row) => `-${tableOf(row)}`);
  return [...came, ...gone].join(" ");
}
