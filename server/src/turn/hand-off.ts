import { handOffChanged, type HandOffState } from "@smooth-agent/protocol";
import type { Backplane } from "../backplane/backplane.js";
import type { HandOffRecord } from "../store/records.js";
import type { HandOffStep, HandOffStepped, Store } from "../store/store.js";
import type { TurnRunner } from "./turn-runner.js";

/** What is to become of a hand-off. */
export type NewHandOff = Pick<HandOffStep, "conversationId" | "organizationId"> & {
  /** Null gives the conversation back to the agent, or withdraws what was asked for. */
  state: HandOffState | null;
  /** Who takes over; given exactly when the state is `active`. */
  name?: string;
  /** Why a person is asked for. */
  reason?: string;
};

export interface HandOffPorts {
  store: Store;
  backplane: Backplane;
  turns: Pick<TurnRunner, "cancel">;
  now: () => number;
}

/**
 * From where each state may be reached. A person who is looked for, or is there, need not be asked for;
 * one who is there may pass on to another, or step back until another is found.
 */
const FROM: Record<HandOffState | "none", HandOffStep["from"]> = {
  requested: [null],
  waiting: [null, "requested", "active"],
  active: [null, "requested", "waiting"],
  none: ["requested", "waiting", "active"],
};

/**
 * Moves a hand-off on and tells the conversation. Asking for what is so already, or for a person while
 * one is looked for, changes nothing.
 *
 * A person who takes over ends what the agent was doing: the turn that runs is cancelled with what it has
 * said, and an open question is declined with it, since nobody would be there to act on its answer.
 *
 * @returns what the hand-off is now; null when the organization has no such conversation
 */
export async function changeHandOff(
  change: NewHandOff,
  ports: HandOffPorts,
): Promise<HandOffStepped | null> {
  const { store, turns } = ports;
  const step = stepOf(change, ports);
  const stepped = await store.changeHandOff(step);
  if (!stepped) return null;
  if (stepped.isChanged) {
    tell(change, ports);
    if (change.state === "active") {
      const { active } = await store.currentTurns(change.conversationId);
      if (active) await turns.cancel(active);
    }
    return stepped;
  }
  if (change.state !== "active") return stepped;
  // From one person to the next: the agent has been silent for long.
  const passed = await store.changeHandOff({ ...step, from: ["active"] });
  if (passed?.isChanged) tell(change, ports);
  return passed;
}

/**
 * Asks for a person in the agent's name; the caller tells the conversation.
 *
 * @returns what the hand-off is now
 */
export async function requestPerson(
  asked: Pick<HandOffStep, "conversationId" | "organizationId"> & { reason: string },
  ports: Pick<HandOffPorts, "store" | "now">,
): Promise<HandOffRecord | null> {
  const step = stepOf({ ...asked, state: "requested" }, ports);
  return (await ports.store.changeHandOff(step))?.handOff ?? null;
}

/** Whether a person has taken over, so that the agent is silent. */
export async function isSilenced(
  conversationId: string,
  { store }: { store: Pick<Store, "handOff"> },
): Promise<boolean> {
  return (await store.handOff(conversationId))?.state === "active";
}

/** What a hand-off is for a client; undefined when none is under way. */
export function wireHandOff(handOff: HandOffRecord | null) {
  if (!handOff) return undefined;
  const { state, name } = handOff;
  return { state, ...(name !== null && { name }) };
}

function stepOf(change: NewHandOff, { now }: Pick<HandOffPorts, "now">): HandOffStep {
  const { state: to, name = null, conversationId, organizationId, reason } = change;
  const from = FROM[to ?? "none"];
  return { conversationId, organizationId, from, to, name, reason, at: new Date(now()) };
}

function tell({ conversationId, state, name }: NewHandOff, { backplane, now }: HandOffPorts): void {
  const event = handOffChanged({ state, ...(name !== undefined && { name }) }, now());
  backplane.publish(conversationId, { event });
}
