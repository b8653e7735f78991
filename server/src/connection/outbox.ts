import type { EventName, ServerEvent, StreamReasoning, StreamToken } from "@smooth-agent/protocol";

/** The wire under a connection, whatever carries it. */
export interface Wire {
  /** @param taken called when the frame was handed on, and is no longer counted as waiting */
  send(frame: string, taken: () => void): void;
  close(code: number, reason: string): void;
  /** Bytes that were sent and not yet taken by the reader. */
  bufferedBytes(): number;
}

export interface OutboxLimits {
  /** Bytes that may wait in the wire: with more, what follows is kept here, its tokens merged. */
  wireBytes: number;
}

/** What a connection has to say, in order, kept back and merged while its reader is slow. */
export class Outbox {
  readonly #entries: Entry[] = [];
  #bytes = 0;
  #lateSince: number | undefined;

  /** @param drained called each time nothing is kept back any more */
  constructor(
    private readonly wire: Wire,
    private readonly limits: OutboxLimits,
    private readonly drained: () => void,
  ) {}

  /** Bytes that are kept back here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Since when something is kept back without a pause, in Unix milliseconds; undefined when nothing is. */
  get lateSince(): number | undefined {
    return this.#lateSince;
  }

  /** @param sent called when the event leaves for the reader; never, when it is dropped */
  put(event: ServerEvent, sent?: () => void): void {
    if (this.#entries.length === 0 && this.#wireHasRoom()) {
      this.#send(event, sent);
      return;
    }
    this.#lateSince ??= Date.now();
    this.#keep(event, sent);
  }

  /** Bytes kept back that a snapshot of this turn would stand for. */
  bytesOf(requestId: string): number {
    return sumOf(this.#entries.filter(({ event }) => isToldBySnapshot(event, requestId)));
  }

  /** Forgets what is kept back of a turn and a snapshot of it would tell. */
  drop(requestId: string): void {
    const left = this.#entries.filter(({ event }) => !isToldBySnapshot(event, requestId));
    this.#entries.splice(0, Infinity, ...left);
    this.#bytes = sumOf(left);
  }

  #keep(event: ServerEvent, sent: (() => void) | undefined): void {
    const last = this.#entries.at(-1);
    if (last && isSpoken(event) && isSpoken(last.event) && isSameVoice(event, last.event)) {
      last.event = joined(last.event, event);
      this.#grow(last, addedBytes(event));
      return;
    }
    const entry: Entry = { event, sent, bytes: 0 };
    this.#entries.push(entry);
    this.#grow(entry, Buffer.byteLength(JSON.stringify(event)));
  }

  #grow(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    this.#bytes += bytes;
  }

  #send(event: ServerEvent, sent: (() => void) | undefined): void {
    this.wire.send(JSON.stringify(event), () => this.#flush());
    sent?.();
  }

  #flush(): void {
    if (this.#lateSince === undefined) return;
    while (this.#wireHasRoom()) {
      const entry = this.#entries.shift();
      if (!entry) {
        this.#lateSince = undefined;
        this.drained();
        return;
      }
      this.#bytes -= entry.bytes;
      this.#send(entry.event, entry.sent);
    }
  }

  #wireHasRoom(): boolean {
    return this.wire.bufferedBytes() <= this.limits.wireBytes;
  }
}

interface Entry {
  event: ServerEvent;
  sent: (() => void) | undefined;
  bytes: number;
}

function sumOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

const TOLD_BY_SNAPSHOT: readonly EventName[] = [
  "stream_token",
  "stream_reasoning",
  "stream_preamble",
  "stream_chunk",
  "write_confirmation_required",
  "confirmation_resolved",
  "interaction_required",
  "interaction_resolved",
  "turn_snapshot",
];

function isToldBySnapshot(event: ServerEvent, requestId: string): boolean {
  return event.requestId === requestId && TOLD_BY_SNAPSHOT.includes(event.type);
}

type Spoken = StreamToken | StreamReasoning;

function isSpoken(event: ServerEvent): event is Spoken {
  return event.type === "stream_token" || event.type === "stream_reasoning";
}

function isSameVoice(event: Spoken, other: Spoken): boolean {
  return event.type === other.type && event.requestId === other.requestId;
}

function joined(before: Spoken, event: Spoken): Spoken {
  const token = before.token + event.token;
  return { ...event, token, data: { ...event.data, token } };
}

/** What a token adds to a frame, where it stands twice. */
function addedBytes({ token }: Spoken): number {
  return 2 * Buffer.byteLength(token);
}
