import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GatewayError, type Gateway, type GatewayPart, type GatewayRequest } from "./gateway.js";

/** A gateway under test beside a provider that can be told what to do. */
export interface GatewayRig {
  gateway: Gateway;
  /** What the provider does with the next request. */
  next(script: GatewayScript): void;
  /** Resolves once the provider sees that the first request was given up by the gateway. */
  givenUp(): Promise<void>;
  close(): Promise<void>;
}

export interface GatewayScript {
  texts: readonly string[];
  toolCalls?: ReadonlyArray<{ id: string; name: string; arguments: string }>;
  /** `cut`: the connection ends in the middle; `silent`: nothing more comes, and no end. */
  ending: "stop" | "tool_calls" | "length" | "cut" | "silent" | "key refused" | "request refused";
}

export const request: GatewayRequest = {
  model: "m",
  messages: [{ role: "user", content: "hello" }],
  tools: [{ name: "look", description: "looks", parameters: { type: "object", properties: {} } }],
};

/** What every gateway must do, whatever it speaks to its provider. */
export function gatewayContract(name: string, start: () => Promise<GatewayRig>): void {
  describe(`${name} keeps the gateway contract`, () => {
    let rig: GatewayRig;
    beforeEach(async () => {
      rig = await start();
    });
    afterEach(() => rig.close());

    test("text comes in order and ends in one finish", async () => {
      rig.next({ texts: ["Grüße, ", "", "世界 ", "👩‍🚀"], ending: "stop" });
      const parts = await partsOf(rig.gateway);
      expect(textOf(parts)).toBe("Grüße, 世界 👩‍🚀");
      expect(parts.every((part) => part.type === "finish" || part.text !== "")).toBe(true);
      expect(parts.findIndex((part) => part.type === "finish")).toBe(parts.length - 1);
      expect(parts.at(-1)).toMatchObject({ reason: "stop", toolCalls: [] });
    });

    test("tool calls come whole, with the finish", async () => {
      const toolCalls = [
        { id: "a", name: "look", arguments: '{"at":"x"}' },
        { id: "b", name: "look", arguments: '{"at":"y"}' },
      ];
      rig.next({ texts: ["One moment."], toolCalls, ending: "tool_calls" });
      const parts = await partsOf(rig.gateway);
      expect(textOf(parts)).toBe("One moment.");
      expect(parts.at(-1)).toMatchObject({ type: "finish", reason: "tool_calls", toolCalls });
    });

    test("tool calls of an answer cut by the length limit are dropped", async () => {
      const toolCalls = [{ id: "a", name: "look", arguments: '{"at":"' }];
      rig.next({ texts: ["Well"], toolCalls, ending: "length" });
      const parts = await partsOf(rig.gateway);
      expect(parts.at(-1)).toMatchObject({ type: "finish", reason: "length", toolCalls: [] });
    });

    test("an answer cut in the middle is never finished", async () => {
      rig.next({ texts: ["Half an ans"], ending: "cut" });
      const { parts, error } = await failureOf(rig.gateway);
      expect(textOf(parts)).toBe("Half an ans");
      expect(parts.some((part) => part.type === "finish")).toBe(false);
      expect(error).toMatchObject({ fault: "unavailable", retryable: true });
    });

    test.each([
      ["key refused", "unauthenticated"],
      ["request refused", "rejected"],
    ] as const)("%s is %s", async (ending, fault) => {
      rig.next({ texts: [], ending });
      const { error } = await failureOf(rig.gateway);
      expect(error).toMatchObject({ fault, retryable: false });
    });

    test("aborting a silent model gives the request up at once", async () => {
      rig.next({ texts: ["Hm"], ending: "silent" });
      const controller = new AbortController();
      const { error } = await failureOf(rig.gateway, controller.signal, () => controller.abort());
      expect(error).toMatchObject({ fault: "aborted", retryable: false });
      await rig.givenUp();
    });

    test("a signal aborted beforehand sends nothing on", async () => {
      rig.next({ texts: ["Hm"], ending: "stop" });
      const { parts, error } = await failureOf(rig.gateway, AbortSignal.abort());
      expect(parts).toEqual([]);
      expect(error).toMatchObject({ fault: "aborted" });
    });

    test("a reader that stops gives the request up", async () => {
      rig.next({ texts: ["Hm"], ending: "silent" });
      for await (const part of rig.gateway.stream(request, new AbortController().signal)) {
        expect(part).toEqual({ type: "text", text: "Hm" });
        break;
      }
      await rig.givenUp();
    });
  });
}

export async function partsOf(gateway: Gateway, asked = request): Promise<GatewayPart[]> {
  const parts: GatewayPart[] = [];
  for await (const part of gateway.stream(asked, new AbortController().signal)) parts.push(part);
  return parts;
}

/** The parts up to the failure, and the failure, which must be a `GatewayError`. */
export async function failureOf(
  gateway: Gateway,
  signal: AbortSignal = new AbortController().signal,
  onPart: (part: GatewayPart) => void = () => {},
): Promise<{ parts: GatewayPart[]; error: GatewayError }> {
  const parts: GatewayPart[] = [];
  try {
    for await (const part of gateway.stream(request, signal)) {
      parts.push(part);
      onPart(part);
    }
  } catch (error) {
    if (error instanceof GatewayError) return { parts, error };
    throw error;
  }
  throw new Error("the gateway was expected to fail");
}

export function textOf(parts: readonly GatewayPart[], type: "text" | "reasoning" = "text"): string {
  return parts.map((part) => (part.type === type ? part.text : "")).join("");
}
