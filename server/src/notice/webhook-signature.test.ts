import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { webhookSignature } from "./webhook-signature.js";

test("is the one that Standard Webhooks gives as its example", () => {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  const body = '{"test": 2432232314}';
  expect(webhookSignature(secret, { id, timestamp: 1_614_265_330, body })).toBe(
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  );
});

test("takes a plain secret by its bytes", () => {
  const secret = "a secret — of the host's own";
  const expected = createHmac("sha256", Buffer.from(secret)).update("msg_1.7.{}").digest("base64");
  const sent = { id: "msg_1", timestamp: 7, body: "{}" };
  expect(webhookSignature(secret, sent)).toBe(`v1,${expected}`);
});
