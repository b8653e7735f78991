import type { ReactiveController, ReactiveControllerHost } from "lit";

/**
 * Renders its host when something around it changes that no property tells: the network, whether
 * the tab is in view, and the time, once a second while something on the host counts down.
 */
export class Surroundings implements ReactiveController {
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param countsDown whether anything tells a time that runs out; asked after every render */
  constructor(
    readonly host: ReactiveControllerHost & Element,
    readonly countsDown: () => boolean,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("online", this.#render);
    window.addEventListener("offline", this.#render);
    document.addEventListener("visibilitychange", this.#render);
  }

  hostDisconnected(): void {
    window.removeEventListener("online", this.#render);
    window.removeEventListener("offline", this.#render);
    document.removeEventListener("visibilitychange", this.#render);
    this.#stop();
  }

  hostUpdated(): void {
    if (!this.countsDown() || !this.host.isConnected) this.#stop();
    else this.#timer ??= setInterval(this.#render, 1000);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #render = (): void => this.host.requestUpdate();
}
