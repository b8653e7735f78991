import type { OtpDesk } from "../auth/otp/otp-desk.js";
import type { PolicyProvider } from "../auth/agent-policy.js";
import type { Rates } from "../auth/rates.js";
import type { SessionTokens } from "../auth/session-token.js";
import type { Backplane } from "../backplane/backplane.js";
import type { TurnPorts } from "../turn/ports.js";
import type { TurnRunner } from "../turn/turn-runner.js";

/** Everything the actions of a deployment share, with what a turn needs. */
export interface ActionPorts extends TurnPorts {
  backplane: Backplane;
  turns: TurnRunner;
  policies: PolicyProvider;
  tokens: SessionTokens;
  access: AccessRules;
  rates: Rates;
  /** Where visitors are sent one-time codes; without it there is none to verify. */
  otp?: OtpDesk;
  /** True from the moment the server drains: no new turn begins. */
  isDraining: () => boolean;
}

export interface AccessRules {
  /** Whether an agent without a policy is refused. */
  strict: boolean;
  /** Sessions that one auth-context signature may open. */
  signatureUses: number;
  /** The organization of conversations whose agent names none. */
  defaultOrganizationId: string;
}
