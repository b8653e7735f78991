import { randomUUID } from "node:crypto";
import type { GatewayToolCall } from "./gateway.js";
import { isRecord, recordOf, textOf } from "./loose-json.js";

/** Puts the tool calls of one model step together from their deltas. */
export class ToolCallAssembly {
  readonly #calls: PartialCall[] = [];
  readonly #byIndex = new Map<number, PartialCall>();

  get size(): number {
    return this.#calls.length;
  }

  /** Whether each call has a name, and arguments that are absent or a JSON object: none was cut off. */
  get whole(): boolean {
    return this.#calls.every((call) => call.name !== "" && isWhole(call.arguments));
  }

  /** Whether each call at least says which tool it means. */
  get named(): boolean {
    return this.#calls.every((call) => call.name !== "");
  }

  /** @param value one entry of `delta.tool_calls`, as it came */
  add(value: unknown): void {
    const entry = recordOf(value);
    const delta = callDelta(entry);
    const known = this.#callOf(delta);
    if (known && !startsAnother(known, delta)) {
      known.id ||= delta.id;
      known.name ||= delta.name;
      known.arguments += delta.arguments;
      return;
    }
    const call = { id: delta.id, name: delta.name, arguments: delta.arguments };
    this.#calls.push(call);
    if (delta.index !== undefined) this.#byIndex.set(delta.index, call);
  }

  /** The calls in the order they began, each with an id of its own. Absent arguments become `{}`. */
  calls(): GatewayToolCall[] {
    const ids = new Set<string>();
    return this.#calls.map((call) => {
      const id = call.id === "" || ids.has(call.id) ? madeId() : call.id;
      ids.add(id);
      return { id, name: call.name, arguments: call.arguments.trim() || "{}" };
    });
  }

  #callOf({ index, id, name }: CallDelta): PartialCall | undefined {
    if (index !== undefined) return this.#byIndex.get(index);
    const last = this.#calls.at(-1);
    if (id === "") return last;
    const known = this.#calls.findLast((call) => call.id === id);
    return known ?? (name === "" ? last : undefined);
  }
}

interface PartialCall {
  id: string;
  name: string;
  arguments: string;
}

interface CallDelta extends PartialCall {
  index: number | undefined;
}

function callDelta(entry: Record<string, unknown>): CallDelta {
  const { name, arguments: args } = recordOf(entry["function"]);
  const index = entry["index"];
  return {
    index: typeof index === "number" ? index : undefined,
    id: textOf(entry["id"]),
    name: textOf(name),
    // Some gateways send the arguments as an object, not as its text.
    arguments: isRecord(args) ? JSON.stringify(args) : textOf(args),
  };
}

/**
 * Whether a delta that points to `call` begins a new one all the same: gateways number every call 0,
 * or number none. Only a delta with a name may, and never while `call` is in the middle of its JSON.
 */
function startsAnother(call: PartialCall, delta: CallDelta): boolean {
  if (delta.name === "" || call.name === "" || !isWhole(call.arguments)) return false;
  if (delta.id !== "" && call.id !== "" && delta.id !== call.id) return true;
  const begun = call.arguments.trim() !== "";
  if (delta.name !== call.name && (begun || delta.index === undefined)) return true;
  return begun && delta.arguments.trim() !== "";
}

function isWhole(json: string): boolean {
  if (json.trim() === "") return true;
  if (!json.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

function madeId(): string {
  return `call_${randomUUID().replaceAll("-", "")}`;
}
