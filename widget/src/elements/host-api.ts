import type { PropertyDeclarations } from "lit";
import type { AuthContext } from "../client/index.js";
import type { ConversationController } from "./conversation-controller.js";
import type { PanelPresence } from "./panel-presence.js";
import { Settings } from "./settings.js";
import { SmoothAgentBeforeSendEvent } from "./smooth-agent-events.js";

/** What a page may ask of the element, at any time after it was defined. */
export abstract class HostApi extends Settings {
  static override properties: PropertyDeclarations = { authContext: { attribute: false } };

  protected abstract readonly presence: PanelPresence;
  protected abstract readonly talk: ConversationController;
  #authContext: AuthContext;

  /** Shows nothing of the conversation that was left any more, not for one frame. */
  protected abstract clear(): void;

  /** The host's word on who the visitor is, or a function for it. Set it anew at login and logout. */
  get authContext(): AuthContext {
    return this.#authContext;
  }

  set authContext(next: AuthContext) {
    if (next === this.#authContext) return;
    this.#authContext = next;
    if (!this.conversation) this.talk.identify(next);
  }

  /** Opens the panel, unless the page objects. The focus follows only when this is a visitor's own act. */
  open(): void {
    this.presence.open();
  }

  /** Closes the panel, unless the page objects; the conversation goes on, a focus inside goes back. */
  close(): void {
    this.presence.close();
  }

  /** Opens the closed panel, closes the open one. */
  toggle(): void {
    return this.opened ? this.close() : this.open();
  }

  /** Moves the focus to the field of the open panel, else to the launcher. */
  override focus(options?: FocusOptions): void {
    if (this.opened) this.presence.focus();
    else this.shadowRoot?.querySelector<HTMLElement>(".launcher")?.focus(options);
  }

  /**
   * Sends a message in the visitor's name, without opening the panel.
   *
   * @returns false when the text is blank or the page objects: then nothing was sent
   */
  send(text: string): boolean {
    if (text.trim() === "" || !this.admits(text)) return false;
    this.talk.send(text);
    return true;
  }

  /** Says who the visitor is from now on, as setting `authContext` does; what is not theirs is cleared. */
  login(authContext: AuthContext): void {
    this.authContext = authContext;
  }

  /** From now on the visitor is nobody the page knows; what was theirs is cleared, and not kept here. */
  logout(): void {
    this.authContext = undefined;
    this.talk.leave("logout");
  }

  /** Leaves the conversation for a new one; a verified visitor finds the former one in their list. */
  reset(): void {
    this.talk.leave("startNew");
    this.clear();
  }

  /** Removes all that is kept in this browser for this endpoint and agent, and begins anew. */
  forget(): void {
    this.talk.leave("forget");
    this.clear();
  }

  /** Asks the page whether a message may be sent. */
  protected readonly admits = (text: string): boolean =>
    this.dispatchEvent(new SmoothAgentBeforeSendEvent(text));
}
