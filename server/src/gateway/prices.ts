import type { Usage } from "@smooth-agent/protocol";
import type { Gateway, GatewayPart } from "./gateway.js";

/** What a model costs, in US dollars per million tokens. */
export interface Price {
  input: number;
  output: number;
}

/** Prices by the model's name, as it is asked for. */
export type Prices = Readonly<Record<string, Price>>;

/** A gateway whose steps cost what it says, else what the table says of the model, else 0. */
export function pricedGateway(gateway: Gateway, prices: Prices): Gateway {
  const table = new Map(Object.entries(prices));
  return {
    stream(request, signal) {
      return priced(gateway.stream(request, signal), table.get(request.model));
    },
    price: (model, used) => costOf({ ...used, costUsd: 0 }, table.get(model)),
  };
}

async function* priced(
  parts: AsyncIterable<GatewayPart>,
  price: Price | undefined,
): AsyncGenerator<GatewayPart, void, undefined> {
  for await (const part of parts) {
    if (part.type !== "finish" || !part.usage) yield part;
    else yield { ...part, usage: { ...part.usage, costUsd: costOf(part.usage, price) } };
  }
}

function costOf({ costUsd, promptTokens, completionTokens }: Usage, price?: Price): number {
  if (Number.isFinite(costUsd) && costUsd > 0) return costUsd;
  const cost = price && (promptTokens * price.input + completionTokens * price.output) / 1_000_000;
  return cost !== undefined && Number.isFinite(cost) ? Math.max(cost, 0) : 0;
}
