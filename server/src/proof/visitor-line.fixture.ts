import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { SHOP } from "../running-server.fixture.js";
import type { Fields, Transcript } from "./history.fixture.js";

export interface VisitorLineOptions {
  name: string;
  /** The socket address of the program that is up, as soon as one is. */
  address(): Promise<string>;
  /** Where each connection is written down. */
  transcripts: Transcript[];
  opened(): void;
  heard(frame: Fields): void;
  closed(): void;
}

/** A visitor's line to whatever program is up: lost with it, and there again by itself. */
export class VisitorLine {
  #socket: WebSocket | undefined;
  #transcript: Transcript | undefined;
  #isGone = false;
  #connections = 0;

  constructor(private readonly options: VisitorLineOptions) {}

  /** Stays connected until it is let go of; rejects when there will be no program any more. */
  async stay(): Promise<void> {
    this.#isGone = false;
    while (!this.#isGone) {
      const socket = new WebSocket(await this.options.address(), {
        perMessageDeflate: false,
        origin: SHOP,
      });
      socket.on("error", () => undefined);
      socket.on("message", (data) => this.#hear(JSON.parse(String(data)) as Fields));
      const gone = new Promise<false>((resolve) => socket.once("close", () => resolve(false)));
      const opened = new Promise<true>((resolve) => socket.once("open", () => resolve(true)));
      if ((await Promise.race([opened, gone])) && !this.#isGone) {
        await this.#use(socket, gone);
        continue;
      }
      socket.terminate();
      // A client that is refused waits before it tries again.
      await pause(BACKOFF_MS);
    }
  }

  send(frame: Fields): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#transcript?.entries.push({ at: Date.now(), way: "sent", frame });
    this.#socket.send(JSON.stringify(frame));
  }

  /** Loses the connection, and gets another. */
  async drop(): Promise<void> {
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.terminate();
    await closed;
  }

  async leave(): Promise<void> {
    this.#isGone = true;
    await this.drop();
  }

  async #use(socket: WebSocket, gone: Promise<unknown>): Promise<void> {
    const name = `${this.options.name}.${(this.#connections += 1)}`;
    const transcript: Transcript = { name, isOpen: true, entries: [] };
    this.#transcript = transcript;
    this.options.transcripts.push(transcript);
    this.#socket = socket;
    this.options.opened();
    await gone;
    transcript.isOpen = false;
    this.options.closed();
  }

  #hear(frame: Fields): void {
    this.#transcript?.entries.push({ at: Date.now(), way: "got", frame });
    this.options.heard(frame);
  }
}

const BACKOFF_MS = 10;
