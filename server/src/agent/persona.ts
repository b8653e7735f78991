/** What agents without instructions of their own are told to be like. */
export interface Personas {
  /**
   * The persona of one organization, else the host's for all of them; undefined when there is neither.
   *
   * @throws whatever the database throws: a fault never gives one organization another's
   */
  of(organizationId: string): Promise<string | undefined>;
}

/**
 * @param stored the persona that an organization has in the database
 * @param configured the personas of the config module, by organization
 * @param general the host's persona for every organization that has none
 */
export function layeredPersonas(
  stored: (organizationId: string) => Promise<string | null | undefined>,
  configured: ReadonlyMap<string, string>,
  general: string | undefined,
): Personas {
  return {
    async of(organizationId) {
      const layers = [await stored(organizationId), configured.get(organizationId), general];
      return layers.find((persona) => persona?.trim()) ?? undefined;
    },
  };
}
