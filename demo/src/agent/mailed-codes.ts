import type { OtpService } from "@smooth-agent/server";
import type { ShopClient } from "./shop-client.js";

/** One-time codes by mail, to the address that a customer ordered with and to no other. */
export function mailedCodes(shop: ShopClient): OtpService {
  return {
    async contacts({ visitor }, { signal }) {
      if (visitor.email === undefined) return [];
      const customers = await shop.customersAt(visitor.email, signal);
      return customers.map(({ id, email }) => ({
        channel: "email",
        destination: email,
        userId: id,
      }));
    },
    async send({ destination, code, agent }, { signal }) {
      const text = `Your code is ${code}. Enter it where ${agent.name} asks for it, and tell nobody.`;
      await shop.mail({ to: destination, subject: `${code} is your code`, text }, signal);
    },
  };
}
