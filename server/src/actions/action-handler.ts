import type { ActionName, ActionOf } from "@smooth-agent/protocol";
import type { Caller } from "./caller.js";
import type { ActionPorts } from "./ports.js";

/** Carries out one action; what it throws is told to the caller as an error event. */
export type ActionHandler<Name extends ActionName> = (
  action: ActionOf<Name>,
  caller: Caller,
  ports: ActionPorts,
) => Promise<void>;
