import fc from "fast-check";
import { confirmation } from "@smooth-agent/protocol";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { ToolDefinition } from "../tools/tool.js";
import { toolbox, type Tool } from "../tools/toolbox.js";
import { asJson, questionOf } from "./question.js";

const CALL = { id: "call-1", name: "issue_refund" };

describe("the question for the visitor", () => {
  test("of a tool that says nothing more shows every argument as text", () => {
    const args = {
      orderId: "1234",
      amountCents: 2_000,
      lines: [{ sku: "a" }],
      note: "",
      gift: null,
    };
    const question = questionOf(tool({ confirm: true }), CALL, args, 99);
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
      expiresAt: 99,
    });
    expect(confirmation.parse(question)).toEqual(question);
  });

  test("is the tool's own when it makes one, from the exact arguments", () => {
    const confirm = ({ amount }: Record<string, unknown>) => ({
      title: "Refund?",
      summary: `Refund $${String(amount)}`,
      fields: [{ label: "Amount", value: 20 as unknown as string, secret: "x" }],
    });
    const question = questionOf(tool({ confirm }), CALL, { amount: 20 }, 99);
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
    ["a promise", Promise.resolve({ title: "t", summary: "s" })],
    ["no summary", { title: "t" }],
    ["a number for a title", { title: 1, summary: "s" }],
    ["an object for a value", { title: "t", summary: "s", fields: [{ label: "l", value: {} }] }],
    ["fields that are no list", { title: "t", summary: "s", fields: "x" }],
  ])("is not asked when the tool makes it of %s", (_, view) => {
    const confirm = (() => view) as unknown as ToolDefinition["confirm"];
    expect(() => questionOf(tool({ confirm }), CALL, {}, 99)).toThrow(z.ZodError);
  });

  test("is not asked when the tool throws, or the arguments cannot be shown", () => {
    const confirm = () => {
      throw new RangeError("no such order");
    };
    expect(() => questionOf(tool({ confirm }), CALL, {}, 99)).toThrow(RangeError);
    expect(() => questionOf(tool({ confirm: true }), CALL, { n: 1n }, 99)).toThrow(TypeError);
  });

  test("keeps markup and direction marks as text, for the widget to show", () => {
    const args = { to: "<img src=x onerror=1>\u202Eevil\u200B" };
    expect(questionOf(tool({ confirm: true }), CALL, args, 99).fields[0]?.value).toBe(args.to);
  });

  test("is the same question after it was stored", () => {
    const asking = tool({ confirm: true });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (args) => {
        const question = questionOf(asking, CALL, args, 99);
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
    const question = questionOf(refund, CALL, checked.value, 99);
    expect(question.arguments).toEqual({ id: "1", note: "none" });
  });
});

function tool(over: Partial<ToolDefinition>): Tool {
  const description = "Refunds an order.";
  const definition = { name: "issue_refund", description, execute: () => "", ...over };
  return toolbox([definition]).get("issue_refund") as Tool;
}
