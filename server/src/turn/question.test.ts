import fc from "fast-check";
import { confirmation, type Confirmation } from "@smooth-agent/protocol";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ToolDefinition } from "../tools/tool.js";
import { toolbox, type Tool } from "../tools/toolbox.js";
import { asJson, questionOf } from "./question.js";
import { toolDecision } from "./tool-decision.js";

const ASKING = { askedAt: 7, expiresAt: 99 };
const CALL = { id: "call-1", name: "issue_refund" };
const CONTEXT = {
  conversation: { id: "c", agentId: "shop", organizationId: "o" },
  agent: { id: "shop", name: "Nora" },
  organization: { id: "o" },
  visitor: null,
  config: {},
};

describe("the question for the visitor", () => {
  test("of a tool that says nothing more shows every argument as text", async () => {
    const args = {
      orderId: "1234",
      amountCents: 2_000,
      lines: [{ sku: "a" }],
      note: "",
      gift: null,
    };
    const question = await asked(tool({ confirm: true }), args);
    expect(question).toEqual({
      toolId: "issue_refund",
      actionDescription: "Refunds an order.",
      toolCallId: "call-1",
      toolName: "issue_refund",
      title: "Issue refund",
      summary: "Refunds an order.",
      fields: [
        { label: "Order id", value: "1234" },
        { label: "Amount cents", value: "2000" },
        { label: "Lines", value: '[{"sku":"a"}]' },
        { label: "Note", value: "" },
        { label: "Gift", value: "null" },
      ],
      arguments: args,
      risk: "low",
      askedAt: 7,
      expiresAt: 99,
    });
    expect(confirmation.parse(question)).toEqual(question);
  });

  test("is none where a number would be shown as null", async () => {
    const made = asked(tool({ confirm: true }), { lines: [{ amount: Infinity }] });
    await expect(made).rejects.toThrow("no JSON");
  });

  test("is the tool's own when it makes one, from the exact arguments", async () => {
    const confirm = ({ amount }: Record<string, unknown>) => ({
      title: "Refund?",
      summary: `Refund $${String(amount)}`,
      fields: [{ label: "Amount", value: 20 as unknown as string, secret: "x" }],
    });
    const question = await asked(tool({ confirm }), { amount: 20 });
    expect(question).toMatchObject({
      title: "Refund?",
      summary: "Refund $20",
      actionDescription: "Refund $20",
      fields: [{ label: "Amount", value: "20" }],
      arguments: { amount: 20 },
    });
    expect(JSON.stringify(question)).not.toContain("secret");
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["text", "Refund?"],
    ["a promise of nothing", Promise.resolve()],
    ["no summary", { title: "t" }],
    ["a number for a title", { title: 1, summary: "s" }],
    ["an object for a value", { title: "t", summary: "s", fields: [{ label: "l", value: {} }] }],
    ["fields that are no list", { title: "t", summary: "s", fields: "x" }],
  ])("is not asked when the tool makes it of %s", async (_, view) => {
    const confirm = (() => view) as unknown as ToolDefinition["confirm"];
    await expect(asked(tool({ confirm }), {})).rejects.toThrow(z.ZodError);
  });

  test("is not asked when the tool throws, or the arguments cannot be shown", async () => {
    const confirm = () => {
      throw new RangeError("no such order");
    };
    await expect(asked(tool({ confirm }), {})).rejects.toThrow(RangeError);
    await expect(asked(tool({ confirm: true }), { n: 1n })).rejects.toThrow(TypeError);
  });

  test("keeps markup and direction marks as text, for the widget to show", async () => {
    const args = { to: "<img src=x onerror=1>\u202Eevil\u200B" };
    const question = await asked(tool({ confirm: true }), args);
    expect(question.fields[0]?.value).toBe(args.to);
  });

  test("is the same question after it was stored", async () => {
    const asking = tool({ confirm: true });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (args) => {
        const question = await asked(asking, args);
        expect(JSON.parse(JSON.stringify(question))).toEqual(question);
        expect(question.arguments).toEqual(asJson(args));
        expect(question.fields).toHaveLength(Object.keys(args).length);
      }),
    );
  });

  test("shows what runs: what a schema left out or filled in is in it", async () => {
    const parameters = z.object({ id: z.string(), note: z.string().default("none") });
    const refund = tool({ confirm: true, parameters });
    const checked = await refund.schema.check({ id: "1", sneaky: true });
    if (!checked.ok) throw new Error(checked.problems);
    const question = await asked(refund, checked.value);
    expect(question.arguments).toEqual({ id: "1", note: "none" });
  });
});

/** The question about a call, as its tool decides. */
async function asked(tool: Tool, args: Record<string, unknown>): Promise<Confirmation> {
  const decision = await toolDecision(tool, args, CONTEXT, 1_000);
  if (decision === false || (decision !== true && "refuse" in decision))
    throw new Error("no question");
  return questionOf(tool, CALL, args, decision, ASKING);
}

function tool(over: Partial<ToolDefinition>): Tool {
  const description = "Refunds an order.";
  const definition = { name: "issue_refund", description, execute: () => "", ...over };
  return toolbox([definition]).get("issue_refund") as Tool;
}
