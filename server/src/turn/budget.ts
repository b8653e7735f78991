import type { SessionRecord } from "../store/records.js";
import type { Store } from "../store/store.js";

/** What models may cost, in US dollars. */
export interface Budgets {
  /** Of one conversation, as long as it lives. */
  conversationUsd?: number;
  /** Of one verified visitor in an organization; of an anonymous one's conversation. */
  visitorUsd?: number;
  /** The days that `visitorUsd` is for; 1 when absent. */
  visitorDays?: number;
  /** Of each organization that has no budget of its own. */
  organizationUsd?: number;
  /** The days that an organization's budget is for; 30 when absent. */
  organizationDays?: number;
}

/** Tells whether somebody's budget is used up. */
export interface BudgetGuard {
  /**
   * @param runningUsd what a turn that runs has cost so far: it is recorded when it ends
   * @throws {StorageError} when the sums cannot be read: nobody is served on credit
   */
  isSpent(payer: Payer, runningUsd?: number): Promise<boolean>;
}

export type Payer = Pick<SessionRecord, "organizationId" | "conversationId" | "userId">;

export interface BudgetGuardOptions {
  store: Pick<Store, "costOf" | "organization">;
  budgets?: Budgets;
  /** The budget of an organization in the config module, for the one whose row has none. */
  organizationUsd?: (organizationId: string) => number | undefined;
  now: () => number;
}

/** Budgets that are compared with the ledger. What runs at the same time is not in it yet. */
export function budgetGuard(options: BudgetGuardOptions): BudgetGuard {
  const { store, budgets = {}, organizationUsd, now } = options;
  const since = (days: number) => new Date(now() - days * DAY_MS);

  const limitOf = async (organizationId: string): Promise<number | undefined> => {
    const row = await store.organization(organizationId);
    return row?.budgetUsd ?? organizationUsd?.(organizationId) ?? budgets.organizationUsd;
  };

  return {
    async isSpent({ organizationId, conversationId, userId }, runningUsd = 0) {
      const isOver = async (
        limit: number | undefined,
        of: Omit<Parameters<Store["costOf"]>[0], "organizationId">,
      ) =>
        limit !== undefined &&
        (await store.costOf({ organizationId, ...of })) + runningUsd >= limit;
      const { conversationUsd, visitorUsd, visitorDays = 1, organizationDays = 30 } = budgets;
      const visitor = userId === null ? { conversationId } : { userId };
      return (
        (await isOver(conversationUsd, { conversationId })) ||
        (await isOver(visitorUsd, { ...visitor, since: since(visitorDays) })) ||
        (await isOver(await limitOf(organizationId), { since: since(organizationDays) }))
      );
    },
  };
}

const DAY_MS = 86_400_000;
