import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentContract } from "./agent.contract.js";
import { claimContract } from "./claim.contract.js";
import { clientCallContract } from "./client-call.contract.js";
import { conversationContract } from "./conversation.contract.js";
import { approvalContract } from "./approval.contract.js";
import { decisionContract } from "./decision.contract.js";
import { feedbackContract } from "./feedback.contract.js";
import { grantContract } from "./grant.contract.js";
import { hostConversationContract } from "./host-conversation.contract.js";
import { handOffContract } from "./hand-off.contract.js";
import { interactionContract } from "./interaction.contract.js";
import { leaseContract } from "./lease.contract.js";
import { messageContract } from "./message.contract.js";
import { organizationContract } from "./organization.contract.js";
import { otpContract } from "./otp.contract.js";
import { outcomeContract } from "./outcome.contract.js";
import { sessionEndContract } from "./session-end.contract.js";
import { personMessageContract } from "./person-message.contract.js";
import { sessionContract } from "./session.contract.js";
import type { Store } from "./store.js";
import { titleContract } from "./title.contract.js";
import { toolCallContract } from "./tool-call.contract.js";
import { turnContract } from "./turn.contract.js";
import { turnMachineContract } from "./turn-machine.contract.js";
import { usageContract } from "./usage.contract.js";
import { workflowContract } from "./workflow.contract.js";
import { visitorContract } from "./visitor.contract.js";

/**
 * What every store must do, whatever keeps its rows.
 *
 * @param open answers an opened one and its end
 * @param more what this kind of store must do besides
 */
export function storeContract(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
  more?: (store: () => Store) => void,
): void {
  describe(`${name} keeps the store contract`, () => {
    let rig: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      rig = await open();
    });
    afterAll(() => rig.close());
    const store = () => rig.store;

    test("it answers a ping", async () => {
      await expect(store().ping()).resolves.toBeUndefined();
    });
    agentContract(store);
    approvalContract(store);
    hostConversationContract(store);
    sessionContract(store);
    claimContract(store);
    conversationContract(store);
    sessionEndContract(store);
    messageContract(store);
    otpContract(store);
    outcomeContract(store);
    titleContract(store);
    workflowContract(store);
    personMessageContract(store);
    handOffContract(store);
    turnContract(store);
    leaseContract(store);
    toolCallContract(store);
    clientCallContract(store);
    decisionContract(store);
    feedbackContract(store);
    grantContract(store);
    interactionContract(store);
    usageContract(store);
    organizationContract(store);
    visitorContract(store);
    turnMachineContract(store);
    more?.(store);
  });
}
