import { z } from "zod";

/** With whose key, and where, an organization's models are asked. */
export interface GatewayKey {
  apiKey: string;
  /** The server's own when absent. */
  baseURL?: string;
}

/**
 * A host's source of keys: null for an organization that is served with the server's own one. What it
 * throws, or answers after 5 seconds, is a fault and never answered for with another key.
 */
export type GatewayOf = (organizationId: string) => Promise<GatewayKey | null>;

/** What a source may answer. An unknown field could be a misspelt URL: the key would go elsewhere. */
export const gatewayKey = z
  .strictObject({
    apiKey: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]+$/),
    baseURL: z
      .url({ protocol: /^https?$/ })
      .refine((url) => {
        const { username, password } = new URL(url);
        return username === "" && password === "";
      })
      .optional(),
  })
  .nullable();
