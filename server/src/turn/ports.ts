import type { Logger } from "pino";
import type { AgentDirectory } from "../agent/agent.js";
import type { Personas } from "../agent/persona.js";
import type { OtpDesk } from "../auth/otp/otp-desk.js";
import type { Gateways } from "../gateway/gateways.js";
import type { Store } from "../store/store.js";
import type { Notices } from "../notice/notices.js";
import type { ToolPolicy } from "../tools/tool-policy.js";
import type { ToolSource } from "../tools/tool-source.js";
import type { Toolbox } from "../tools/toolbox.js";
import type { BudgetGuard } from "./budget.js";
import type { QuestionRates } from "./question-limits.js";

/** Everything a turn needs of the world. */
export interface TurnPorts {
  store: Store;
  gateways: Gateways;
  budgets: BudgetGuard;
  agents: AgentDirectory;
  personas: Personas;
  /** The host's tools that are known from the start. */
  tools: Toolbox;
  /** Where more tools come from, each time that a turn runs; of one name the first counts. */
  toolSources: readonly ToolSource[];
  /** The host's own rule over all tools. */
  toolPolicy?: ToolPolicy;
  questionRates: QuestionRates;
  /** Tells the host of questions. */
  notices: Notices;
  /** Names or `*` patterns of tools that ask even if they do not say so themselves. */
  confirmTools: readonly string[];
  /** Where visitors are sent one-time codes; without it nobody is asked for one. */
  otp?: OtpDesk;
  limits: TurnLimits;
  /** Names this process on the turns it runs; another name after its lease was lost. */
  readonly owner: string;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

export interface TurnLimits {
  /** How often a turn may be taken up before it is given up: it may be what kills the process. */
  attempts: number;
  /** Estimated tokens of past turns that the model is sent. */
  historyTokens: number;
  /** Estimated tokens of the running turn, above which its earlier results are cut. */
  turnTokens: number;
  /** How long a question waits for the visitor, in milliseconds. */
  confirmationMs: number;
  /** Questions of one verified visitor that may wait at once, over all their conversations in an organization. */
  pendingQuestions: number;
  /** Questions that one visitor may be asked in an hour: a verified one with an agent, else of a conversation. */
  gatedCallsPerHour: number;
  /**
   * How long a function of the host's may take, in milliseconds: `agent`, `toolProvider`, `toolPolicy`,
   * the `confirm` of a tool; and both functions of its `otp` service together.
   */
  hostFunctionMs: number;
  /** How long a form waits for the visitor, in milliseconds. */
  interactionMs: number;
  /** How long a tool may run when it does not say so itself, in milliseconds. */
  toolMs: number;
  /** How long a call waits for a page that could run it, in milliseconds. */
  clientToolOfferMs: number;
  /** How long a page may take for a call, in milliseconds. */
  clientToolMs: number;
  /** Characters of a tool result that are kept and told to the model. */
  toolResultCharacters: number;
  /** How long the next turn waits for the judge of the one before, in milliseconds. */
  judgeWaitMs: number;
  /** How long the judge of a workflow's step may take, in milliseconds. */
  judgeMs: number;
  /** How long the line that covers the wait may take, in milliseconds. */
  preambleMs: number;
  /** How long a model may take to name a conversation, in milliseconds. */
  titleMs: number;
  /** Characters of one model step; the step is cut there as by the model's own length limit. */
  stepCharacters: number;
}

export const TURN_LIMITS: TurnLimits = {
  attempts: 3,
  historyTokens: 24_000,
  turnTokens: 96_000,
  confirmationMs: 24 * 3_600_000,
  pendingQuestions: 20,
  gatedCallsPerHour: 60,
  hostFunctionMs: 10_000,
  interactionMs: 24 * 3_600_000,
  toolMs: 30_000,
  clientToolOfferMs: 10_000,
  clientToolMs: 30_000,
  toolResultCharacters: 64_000,
  judgeWaitMs: 2_000,
  judgeMs: 15_000,
  preambleMs: 8_000,
  titleMs: 15_000,
  stepCharacters: 256_000,
};
