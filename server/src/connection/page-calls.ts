import { clientToolCall, type ClientTool, type ClientToolCall } from "@smooth-agent/protocol";
import type { Caller } from "../actions/caller.js";
import type { ActionPorts } from "../actions/ports.js";
import { faultOf } from "../log/fault.js";
import type { ClientCall } from "../store/store.js";
import { pageName } from "../tools/client-tools.js";
import { callData } from "../turn/client-call.js";
import type { ConnectionLimits } from "./connection-limits.js";

/**
 * The calls that the page behind a connection runs. A call is claimed in the store before the page is
 * told of it, so that of all that could run it exactly one does.
 */
export class PageCalls {
  /** The names of what was declared here, by session. */
  readonly #declared = new Map<string, ReadonlySet<string>>();
  /** The calls that were sent here, by session: one turn has one at a time. */
  readonly #sent = new Map<string, string>();
  readonly #waiting = new Set<NodeJS.Timeout>();
  #isOpen = true;

  constructor(
    private readonly caller: Pick<Caller, "id" | "reply" | "lastStarted">,
    private readonly ports: Pick<ActionPorts, "store" | "isDraining" | "log" | "now">,
    private readonly limits: Pick<
      ConnectionLimits,
      "clientToolMs" | "clientToolHeadStartMs" | "clientToolGoneMs"
    >,
  ) {}

  /** @param tools as before when absent */
  declare(sessionId: string, tools: readonly ClientTool[] | undefined): void {
    if (tools) this.#declared.set(sessionId, new Set(tools.map(({ name }) => name)));
  }

  /** Hears that a call of a session waits for a page: the one that started its turn comes first. */
  hear({ requestId, data }: ClientToolCall, sessionId: string | undefined): void {
    const { toolCallId, name } = data;
    if (sessionId === undefined || !this.#declared.get(sessionId)?.has(name)) return;
    if (this.caller.lastStarted?.requestId === requestId) {
      this.#run(() => this.#claim(toolCallId, sessionId));
      return;
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      this.#run(() => this.#claim(toolCallId, sessionId));
    }, this.limits.clientToolHeadStartMs);
    this.#waiting.add(timer);
  }

  /** Looks for one after the answer that admitted the session. */
  lookAfter(release: () => void, sessionId: string): void {
    release();
    this.lookFor(sessionId);
  }

  /** Looks for a call that waits for a page since before this one was there. */
  lookFor(sessionId: string): void {
    const declared = this.#declared.get(sessionId);
    if (!declared || declared.size === 0) return;
    this.#run(async () => {
      const { store } = this.ports;
      const call = await store.clientCall(sessionId);
      if (!call) return;
      if (call.claimedBy !== null) await store.keepClientCall(sessionId, this.limits.clientToolMs);
      else if (declared.has(pageName(call.name) ?? "")) await this.#claim(call.id, sessionId);
    });
  }

  leave(sessionId: string): void {
    this.#declared.delete(sessionId);
    this.#hurry(sessionId);
  }

  end(): void {
    this.#isOpen = false;
    for (const timer of this.#waiting) clearTimeout(timer);
    for (const sessionId of [...this.#sent.keys()]) this.#hurry(sessionId);
    this.#declared.clear();
  }

  async #claim(toolCallId: string, sessionId: string): Promise<void> {
    if (!this.#declared.has(sessionId)) return;
    const { store, now } = this.ports;
    const at = now();
    const until = at + this.limits.clientToolMs;
    const claim = { toolCallId, sessionId, connectionId: this.caller.id };
    const call = await store.claimClientCall({
      ...claim,
      now: new Date(at),
      until: new Date(until),
    });
    if (!call) return;
    this.#sent.set(sessionId, toolCallId);
    if (this.#declared.has(sessionId)) this.#send(call);
    // It went while the claim was stored.
    else this.#hurry(sessionId);
  }

  #send(call: ClientCall): void {
    const data = callData(call.requestId, call, call.expiresAt.getTime());
    this.caller.reply(clientToolCall(data, this.ports.now()));
  }

  /** The page has gone. One that its server sends away comes back as soon as there is one again. */
  #hurry(sessionId: string): void {
    const toolCallId = this.#sent.get(sessionId);
    this.#sent.delete(sessionId);
    const { store, isDraining, now } = this.ports;
    if (toolCallId === undefined || isDraining()) return;
    const until = new Date(now() + this.limits.clientToolGoneMs);
    this.#run(() => store.hurryClientCall(toolCallId, this.caller.id, until));
  }

  #run(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      const what = this.#isOpen ? "a page's call was not offered" : "a page's call was not hurried";
      this.ports.log.error(faultOf(error), what);
    });
  }
}
