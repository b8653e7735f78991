import {
  SmoothAgentConfirmationEvent,
  SmoothAgentHandOffEvent,
  SmoothAgentInteractionEvent,
  SmoothAgentMessageEvent,
  SmoothAgentUnreadEvent,
} from "./smooth-agent-events.js";

/** Counts what came while the panel was closed, and tells the page of every change. */
export class Unread {
  #count = 0;

  constructor(readonly host: EventTarget) {}

  get count(): number {
    return this.#count;
  }

  /** To be called with what happened while the panel was closed. */
  add(events: Event[]): void {
    this.#become(this.#count + events.filter(callsForAttention).length);
  }

  /** Everything was seen, or is gone. */
  clear(): void {
    this.#become(0);
  }

  #become(count: number): void {
    if (count === this.#count) return;
    this.#count = count;
    this.host.dispatchEvent(new SmoothAgentUnreadEvent(count));
  }
}

/** Whether the launcher of a closed panel should show that there is something new. */
function callsForAttention(event: Event): boolean {
  if (event instanceof SmoothAgentMessageEvent) return event.from !== "visitor";
  if (event instanceof SmoothAgentHandOffEvent) return event.state === "active";
  return (
    event instanceof SmoothAgentConfirmationEvent || event instanceof SmoothAgentInteractionEvent
  );
}
