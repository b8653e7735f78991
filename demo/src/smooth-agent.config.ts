import { defineConfig } from "@smooth-agent/server";
import { instructions } from "./agent/instructions.js";
import { mailedCodes } from "./agent/mailed-codes.js";
import { lookupPolicy } from "./agent/policy-tool.js";
import { cancelOrder, issueRefund, lookupOrder } from "./agent/order-tools.js";
import { createShopClient } from "./agent/shop-client.js";

const staffSecret = process.env["SHOP_STAFF_SECRET"];
const shop = createShopClient(required("SHOP_API_URL"), required("SHOP_API_KEY"));

export default defineConfig({
  agents: {
    "shop-assistant": {
      name: "Clay",
      allowedOrigins: [required("SHOP_ORIGIN")],
      secret: required("SHOP_AGENT_SECRET"),
      instructions,
      greeting:
        "Hello, I am Clay. I can look up your orders, refund them or cancel them. What is it about?",
      suggestReplies: true,
      starters: ["Where is my order?", "My mug arrived broken", "Tell me about your return policy"],
    },
  },
  ...(staffSecret && { principals: { secret: staffSecret } }),
  otp: mailedCodes(shop),
  tools: [lookupOrder(shop), lookupPolicy(), issueRefund(shop), cancelOrder(shop)],
});

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. The demo sets it: npm run demo.`);
  return value;
}
