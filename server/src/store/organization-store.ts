/** An organization as the host keeps it in the database. */
export interface OrganizationRecord {
  id: string;
  /** What every agent of it is told to be like; null for none of its own. */
  persona: string | null;
  /** US dollars that its conversations may cost in the budget's days; null for none of its own. */
  budgetUsd: number | null;
}

/** The organizations that conversations belong to. */
export interface OrganizationStore {
  /** @returns null when there is none of this id: no conversation of it was ever opened */
  organization(organizationId: string): Promise<OrganizationRecord | null>;
  /** Writes what an organization has of its own, and makes its row; what is absent stays as it is. */
  saveOrganization(
    change: Pick<OrganizationRecord, "id"> & Partial<OrganizationRecord>,
  ): Promise<OrganizationRecord>;
}
