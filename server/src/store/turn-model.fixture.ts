import type { ToolCallState } from "@smooth-agent/protocol";
import type { TurnState } from "./records.js";

/** A change of a turn; turns and calls are meant by a number, counted from the newest. */
export type TurnOperation =
  | { type: "begin"; request: number; owner: string }
  | { type: "claim"; turn: number; owner: string }
  /** A process gets its lease, or loses it. */
  | { type: "lease"; owner: string; has: boolean }
  | { type: "step"; turn: number; owner: string; calls: number }
  | { type: "park"; turn: number; owner: string; call: number }
  | {
      type: "decide";
      call: number;
      owner: string;
      approved: boolean;
      /** Whether the digest is that of the arguments that were shown. */
      isShown: boolean;
      late: boolean;
      /** Whether it changes the arguments, and knows the question that was shown. */
      edits: boolean;
      isOriginal: boolean;
      /** Whether it is not to be asked again. */
      remembers: boolean;
    }
  /** A grant is meant by a number, counted from the newest. */
  | { type: "revoke"; grant: number }
  /** Without an owner to go on with it the turn ends with its question. */
  | { type: "expire"; turn: number; owner: string | null; late: boolean }
  | { type: "start"; turn: number; owner: string; call: number; grant: number | null }
  | { type: "finish"; call: number; owner: string; from: ToolCallState }
  | {
      type: "end";
      turn: number;
      owner: string | null;
      state: Extract<TurnState, "completed" | "failed" | "cancelled">;
    };

interface ModelTurn {
  id: string;
  request: number;
  state: TurnState;
  owner: string | null;
  attempts: number;
  steps: number;
  calls: ModelCall[];
}

interface ModelCall {
  id: string;
  digest: string;
  turn: ModelTurn;
  state: ToolCallState;
  approved: boolean | null;
  isFinished: boolean;
  isEdited: boolean;
  grantId: string | null;
}

interface ModelGrant {
  id: string;
  isLive: boolean;
}

const AIMS: Partial<Record<TurnOperation["type"], readonly ToolCallState[]>> = {
  park: ["proposed"],
  decide: ["awaiting"],
  start: ["approved", "proposed"],
  finish: ["executing"],
};

/** What the turns of one conversation should be after a sequence of changes. */
export class TurnModel {
  readonly turns: ModelTurn[] = [];
  readonly grants: ModelGrant[] = [];
  readonly #leases = new Set<string>();
  /** The index that the step which was just allowed has. */
  lastStepIndex: number | undefined;
  #stepped: ModelTurn | undefined;

  turn(number: number): ModelTurn | undefined {
    return this.turns.at(-1 - number);
  }

  call(number: number): ModelCall | undefined {
    return this.turns.flatMap(({ calls }) => calls).at(-1 - number);
  }

  grant(number: number): ModelGrant | undefined {
    return this.grants.at(-1 - number);
  }

  /** The ids of what need not be asked again, oldest first. */
  get granted(): string[] {
    return this.grants.filter(({ isLive }) => isLive).map(({ id }) => id);
  }

  /** Says which id the store gave to what was just granted. */
  grantNamed(id: string): void {
    const grant = this.grants.at(-1);
    if (grant) grant.id = id;
  }

  /** The same change, meant for a turn and a call that it can go through on, if there are any. */
  aimed(change: TurnOperation): TurnOperation {
    const owner = this.turn(0)?.owner ?? "a";
    const states = AIMS[change.type];
    const calls = this.turns.flatMap(({ calls }) => calls).reverse();
    const call = Math.max(
      0,
      calls.findIndex(({ state }) => states?.includes(state)),
    );
    if (change.type === "begin" || change.type === "claim") return change;
    if (change.type === "lease" || change.type === "revoke") return change;
    if (change.type === "expire") return { ...change, turn: 0 };
    return {
      ...change,
      ...("turn" in change && { turn: 0 }),
      ...("owner" in change && change.owner !== null && { owner }),
      ...("call" in change && { call }),
      ...("from" in change && { from: "executing" }),
    };
  }

  /** Says which id the store gave to the turn that was just begun. */
  named(id: string): void {
    const turn = this.turns.at(-1);
    if (turn) turn.id = id;
  }

  /** Says which calls the step that was just added has. */
  called(calls: readonly { id: string; digest: string }[]): void {
    const turn = this.#stepped;
    if (!turn) return;
    for (const { id, digest } of calls) {
      const call = { id, digest, turn, approved: null, isFinished: false, isEdited: false };
      turn.calls.push({ ...call, state: "proposed", grantId: null });
    }
  }

  /** Makes the change when it is allowed, and says what the store should answer. */
  apply(change: TurnOperation): unknown {
    const turn = "turn" in change ? this.turn(change.turn) : undefined;
    const call = "call" in change ? this.call(change.call) : undefined;
    this.lastStepIndex = undefined;
    this.#stepped = undefined;
    switch (change.type) {
      case "begin":
        return this.#begin(change.request, change.owner);
      case "claim": {
        if (turn?.state !== "running" || this.#leases.has(turn.owner ?? "")) return false;
        turn.owner = change.owner;
        turn.attempts += 1;
        return true;
      }
      case "lease": {
        if (change.has) this.#leases.add(change.owner);
        else this.#leases.delete(change.owner);
        return undefined;
      }
      case "step": {
        if (!isRunBy(turn, change.owner)) return "conflict";
        this.#stepped = turn;
        this.lastStepIndex = turn.steps;
        turn.steps += 1;
        return undefined;
      }
      case "park": {
        if (!isRunBy(turn, change.owner) || call?.turn !== turn) return "conflict";
        if (call.state !== "proposed") return "conflict";
        Object.assign(turn, { state: "parked", owner: null });
        call.state = "awaiting";
        return undefined;
      }
      case "decide": {
        const isWaiting = call?.state === "awaiting" && call.turn.state === "parked";
        const edits = change.edits && change.approved;
        if (!isWaiting || !change.isShown || change.late) return null;
        if (edits && !change.isOriginal) return null;
        call.state = change.approved ? "approved" : "denied";
        call.isEdited = edits;
        if (change.remembers && change.approved) this.grants.push({ id: "", isLive: true });
        return resume(call, change.approved, change.owner).turn.id;
      }
      case "revoke": {
        const grant = this.grant(change.grant);
        if (!grant?.isLive) return null;
        grant.isLive = false;
        return this.granted.toSorted();
      }
      case "expire": {
        const due = turn?.calls.find(({ state }) => state === "awaiting");
        if (turn?.state !== "parked" || !due || !change.late) return null;
        due.state = "expired";
        if (change.owner !== null) return resume(due, false, change.owner).id;
        Object.assign(due, { approved: false, isFinished: true });
        end(turn, "completed");
        return due.id;
      }
      case "start": {
        if (!isRunBy(turn, change.owner)) return "conflict";
        const grant = change.grant === null ? null : this.grant(change.grant);
        if (grant !== null && !grant?.isLive) return false;
        const from = grant ? ["proposed"] : ["proposed", "approved"];
        if (call?.turn !== turn || !from.includes(call.state)) return "conflict";
        call.state = "executing";
        if (grant) Object.assign(call, { approved: true, grantId: grant.id });
        return true;
      }
      case "finish": {
        if (call?.state !== change.from || call.isFinished) return "conflict";
        const isOver = !["running", "parked"].includes(call.turn.state);
        if (!isOver && !isRunBy(call.turn, change.owner)) return "conflict";
        Object.assign(call, { state: "failed", isFinished: true });
        return undefined;
      }
      case "end": {
        const isLive = turn?.state === "running" || turn?.state === "parked";
        const mayEnd = change.owner === null ? isLive : isRunBy(turn, change.owner);
        if (!turn || !mayEnd) return false;
        end(turn, change.state);
        return true;
      }
    }
  }

  #begin(request: number, owner: string): "duplicate" | "busy" | "started" {
    if (this.turns.some((turn) => turn.request === request)) return "duplicate";
    if (this.turns.some(({ state }) => state === "running" || state === "parked")) return "busy";
    const turn = { id: "", request, owner, attempts: 1, steps: 0, calls: [] };
    this.turns.push({ ...turn, state: "running" });
    return "started";
  }
}

function end(turn: ModelTurn, state: TurnState): void {
  Object.assign(turn, { state, owner: null });
  for (const call of turn.calls) {
    if (call.state === "awaiting") {
      Object.assign(call, { state: "denied", approved: false, isFinished: true });
    }
    if (call.state === "approved") Object.assign(call, { state: "failed", isFinished: true });
  }
}

function isRunBy(turn: ModelTurn | undefined, owner: string): turn is ModelTurn {
  return turn?.state === "running" && turn.owner === owner;
}

function resume(call: ModelCall, approved: boolean, owner: string): ModelCall {
  call.approved = approved;
  Object.assign(call.turn, { state: "running", owner, attempts: 1 });
  return call;
}
