import { JANE, mailServer, type MailServer } from "./auth/otp/mail-server.fixture.js";
import { at, outlines, type CoreClient, type Frame } from "./core-client.fixture.js";
import type { ModelServer } from "./gateway/model-server.fixture.js";
import { calls, says } from "./model-answers.fixture.js";
import {
  openSession,
  runningServer,
  type Opened,
  type RunningServer,
  type RunningServerOptions,
} from "./running-server.fixture.js";
import { writeIn } from "./store/database-file.fixture.js";
import { defineTool, type ToolContext } from "./tools/tool.js";

/** A shop whose one tool is for known visitors, with a way to send them codes. */
export interface CodeShop {
  server: RunningServer;
  mail: MailServer;
  /** What the tool was run with. */
  runs: ToolContext[];
}

export const JANES = { userName: "Jane", userEmail: JANE[0]!.destination };

export async function codeShop(
  options: RunningServerOptions & { mail?: MailServer; confirm?: true } = {},
): Promise<CodeShop> {
  const { mail = await mailServer(), confirm, ...settings } = options;
  const runs: ToolContext[] = [];
  const refund = defineTool({
    name: "refund",
    title: "Pay back",
    description: "Pays.",
    authLevel: "end_user",
    ...(confirm && { confirm }),
    execute: (_, context) => {
      runs.push(context);
      return "paid";
    },
  });
  const server = await runningServer({ tools: [refund], otp: mail.otp, ...settings });
  return { server, mail, runs };
}

/** Has the model call the tool once and then say something, and hears the whole turn. */
export async function askForRefund(
  { model }: { model: ModelServer },
  { client, sessionId }: Pick<Opened, "client" | "sessionId">,
  requestId = "r",
): Promise<Frame[]> {
  model.script(calls({ name: "refund" }), says("Well."));
  client.send({ action: "send_message", requestId, sessionId, message: "Pay me back." });
  return client.until("eventual_response");
}

/** A visitor of whom the host knows a contact, who was just sent a code. */
export async function sentCode(
  options?: Parameters<typeof codeShop>[0],
): Promise<CodeShop & Opened & { frames: Frame[] }> {
  const shop = await codeShop(options);
  const opened = await openSession(shop.server, JANES);
  const frames = await askForRefund(shop.server, opened);
  if (!outlines(frames).includes("r otp_sent")) throw new Error(outlines(frames).join("\n"));
  return { ...shop, ...opened, frames };
}

export function verify(client: CoreClient, sessionId: string, code: string): Promise<Frame> {
  return client.ask({ action: "verify_otp", requestId: "v", sessionId, code });
}

export function again(client: CoreClient, sessionId: string, channel?: string): Promise<Frame> {
  return client.ask({ action: "request_otp", requestId: "a", sessionId, channel });
}

/** How a code was refused, and how many tries are left. */
export function refused(frame: Frame): [unknown, unknown] {
  return [at(frame, "data.data.error"), at(frame, "data.data.attemptsRemaining")];
}

/** Lets time pass for the codes in a database: what was to come has come. */
export function passTime({ file }: RunningServer, column: "sentAt" | "expiresAt" | "lockedUntil") {
  writeIn(file, `UPDATE "OtpChallenge" SET "${column}" = '${LONG_AGO}'`);
}

export const LONG_AGO = "2026-01-01T00:00:00.000+00:00";
