import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { SHOP } from "../running-server.fixture.js";
import { apiWorld } from "./api-world.fixture.js";

const digest = (args: object) => createHash("sha256").update(JSON.stringify(args)).digest("hex");

test("a question that waits is told as its visitor sees it, until it is answered", async () => {
  const { admin, conversationId, waitingCallId } = await apiWorld();
  const { approvals, nextCursor } = (await admin.get("/approvals")).json as {
    approvals: Record<string, unknown>[];
    nextCursor: string | null;
  };
  const { expiresAt, turnId, confirmation } = approvals[0] ?? {};
  expect(approvals).toEqual([
    {
      state: "pending",
      toolCallId: waitingCallId,
      toolName: "issue_large_refund",
      argumentsDigest: digest({ orderId: "second" }),
      turnId,
      requestId: "second",
      conversationId,
      agentId: "shop",
      userId: "ada-17",
      confirmation: {
        ...(confirmation as object),
        toolCallId: waitingCallId,
        title: "Refund",
        summary: "Refund the kettle second",
        approver: "team",
        arguments: { orderId: "second" },
      },
      expiresAt,
    },
  ]);
  expect(nextCursor).toBeNull();
  expect(Date.parse(String(expiresAt))).toBe((confirmation as { expiresAt: number }).expiresAt);
  const elsewhere = await admin.get("/approvals?state=pending&conversationId=another");
  expect(elsewhere.json).toEqual({ approvals: [], nextCursor: null });
});

test("a decided one is told with who decided it where, and what came of it", async () => {
  const world = await apiWorld();
  const { admin, conversationId, sessionId, decidedCallId } = world;
  const path = `/approvals?state=decided&conversationId=${conversationId}`;
  const { approvals } = (await admin.get(path)).json as { approvals: Record<string, unknown>[] };
  const { turnId, decidedAt, outcomeAt } = approvals[0] ?? {};
  expect(approvals).toEqual([
    {
      state: "decided",
      toolCallId: decidedCallId,
      toolName: "issue_refund",
      argumentsDigest: digest({ orderId: "first" }),
      arguments: '{"orderId":"first"}',
      editedArguments: null,
      editedDigest: null,
      grantId: null,
      turnId,
      conversationId,
      agentId: "shop",
      approved: true,
      decidedBy: "visitor",
      userId: "ada-17",
      sessionId,
      origin: SHOP,
      reason: null,
      decidedAt,
      outcome: "succeeded",
      outcomeAt,
    },
  ]);
});
