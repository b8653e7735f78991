import type { Grant } from "@smooth-agent/protocol";
import type { ConversationState } from "./conversation-state.js";

/** Takes over what the server says is granted; what is being given up is not shown again meanwhile. */
export function withGrants(state: ConversationState, told: Grant[]): ConversationState {
  const revoking = state.revoking?.filter(({ grantId }) => isIn(told, grantId));
  const grants = told.filter(({ grantId }) => !isIn(revoking, grantId));
  return { ...state, grants, revoking };
}

/** The visitor gives a grant up. */
export function withRevoking(state: ConversationState, grantId: string): ConversationState {
  const grant = state.grants.find((each) => each.grantId === grantId);
  if (!grant) return state;
  const grants = state.grants.filter((each) => each !== grant);
  return { ...state, grants, revoking: [...(state.revoking ?? []), grant] };
}

/** @param done false when the server would not: then it is granted still, as far as is known */
export function withRevoked(
  state: ConversationState,
  grantId: string,
  done: boolean,
): ConversationState {
  const grant = state.revoking?.find((each) => each.grantId === grantId);
  if (!grant) return state;
  const revoking = state.revoking?.filter((each) => each !== grant);
  return { ...state, revoking, grants: done ? state.grants : [...state.grants, grant] };
}

function isIn(grants: Grant[] | undefined, grantId: string): boolean {
  return grants?.some((each) => each.grantId === grantId) ?? false;
}
