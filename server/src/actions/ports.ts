import type { Logger } from "pino";
import type { AgentDirectory } from "../agent/agent.js";
import type { PolicyProvider } from "../auth/agent-policy.js";
import type { Rates } from "../auth/rates.js";
import type { SessionTokens } from "../auth/session-token.js";
import type { Backplane } from "../backplane/backplane.js";
import type { Gateways } from "../gateway/gateways.js";
import type { Notices } from "../notice/notices.js";
import type { Store } from "../store/store.js";
import type { BudgetGuard } from "../turn/budget.js";
import type { TurnRunner } from "../turn/turn-runner.js";

/** Everything the actions of a deployment share. */
export interface ActionPorts {
  store: Store;
  backplane: Backplane;
  turns: TurnRunner;
  agents: AgentDirectory;
  policies: PolicyProvider;
  tokens: SessionTokens;
  access: AccessRules;
  gateways: Gateways;
  budgets: BudgetGuard;
  rates: Rates;
  /** Tells the host of questions. */
  notices: Notices;
  /** True from the moment the server drains: no new turn begins. */
  isDraining: () => boolean;
  /** Names this process on the turns it runs; another name after its lease was lost. */
  readonly owner: string;
  log: Logger;
  /** Unix milliseconds. */
  now: () => number;
}

export interface AccessRules {
  /** Whether an agent without a policy is refused. */
  strict: boolean;
  /** Sessions that one auth-context signature may open. */
  signatureUses: number;
  /** The organization of conversations whose agent names none. */
  defaultOrganizationId: string;
}
