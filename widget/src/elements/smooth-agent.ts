import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { appear } from "./appearance.js";
import { Cards } from "./cards.js";
import { Chunks } from "./chunks.js";
import { codePainting } from "./code-painting.js";
import { ConversationController } from "./conversation-controller.js";
import { countsDown } from "./countdown.js";
import { FocusKeeper } from "./focus-keeper.js";
import { FramePacing } from "./frame-pacing.js";
import { HostApi } from "./host-api.js";
import { Language } from "./language.js";
import { launcher } from "./launcher.js";
import { type Hearing, LiveRegion } from "./live-region.js";
import { askBeforeLinks } from "./link-clicks.js";
import { newConversation } from "./new-conversation.js";
import { PanelKeys } from "./panel-keys.js";
import { PanelPresence } from "./panel-presence.js";
import { MENU_BUTTON } from "./panel-header.js";
import { goTo, placeIn } from "./panel-place.js";
import { panel } from "./panel.js";
import { ReadingPosition } from "./reading-position.js";
import { ShownEntries } from "./shown-entries.js";
import { SmoothAgentReadyEvent } from "./smooth-agent-events.js";
import { styles } from "./styles/styles.js";
import { Surroundings } from "./surroundings.js";
import { Unread } from "./unread.js";
import { viewOf } from "./view.js";
import { whileOpened } from "./while-opened.js";
import { Wording } from "./wording.js";

/**
 * A launcher and the chat it opens. Nothing is connected before the chat is opened once.
 *
 * @fires {SmoothAgentReadyEvent} smooth-agent-ready - the element works
 * @fires {SmoothAgentBeforeOpenEvent} smooth-agent-before-open - the panel is about to open; cancelable
 * @fires {SmoothAgentBeforeCloseEvent} smooth-agent-before-close - the panel is about to close; cancelable
 * @fires {SmoothAgentBeforeSendEvent} smooth-agent-before-send - a message is about to be sent; cancelable
 * @fires {SmoothAgentLinkClickEvent} smooth-agent-link-click - a link is about to be followed; cancelable
 * @fires {SmoothAgentOpenEvent} smooth-agent-open - the panel was opened
 * @fires {SmoothAgentCloseEvent} smooth-agent-close - the panel was closed
 * @fires {SmoothAgentUnreadEvent} smooth-agent-unread - how much came while the panel was closed
 * @fires {SmoothAgentMessageEvent} smooth-agent-message - a message was added
 * @fires {SmoothAgentTurnStartEvent} smooth-agent-turn-start - the agent began an answer
 * @fires {SmoothAgentTurnEndEvent} smooth-agent-turn-end - a turn came to its end
 * @fires {SmoothAgentConfirmationEvent} smooth-agent-confirmation - the agent asks before a write
 * @fires {SmoothAgentDecisionEvent} smooth-agent-decision - a confirmation was answered
 * @fires {SmoothAgentInteractionEvent} smooth-agent-interaction - the agent asks for a form or a choice
 * @fires {SmoothAgentCodeEvent} smooth-agent-code - a one-time code is asked for, and how that goes
 * @fires {SmoothAgentHandOffEvent} smooth-agent-hand-off - a person is waited for, takes over, gives back
 * @fires {SmoothAgentHostEvent} smooth-agent-host-event - the host's server told its page something
 * @fires {SmoothAgentFeedbackEvent} smooth-agent-feedback - the visitor said what they think of an answer
 * @fires {SmoothAgentErrorEvent} smooth-agent-error - something was refused or failed
 * @fires {SmoothAgentStatusEvent} smooth-agent-status - the connection changed
 *
 * @slot launcher - the drawing on the launcher
 * @slot avatar - the drawing in the header
 * @slot greeting - takes the place of the agent's greeting
 * @slot footer - a line under the composer
 * @slot message-actions - beside the actions of the last answer
 * @slot message-actions-<entryId> - beside those of one answer, as `smooth-agent-message` names it
 *
 * @csspart launcher - the button that opens the panel
 * @csspart launcher-label - the words on it
 * @csspart badge - the count on it
 * @csspart panel - the chat
 * @csspart header - its head
 * @csspart avatar - the drawing in the head
 * @csspart menu-button - what opens the menu
 * @csspart menu - a new conversation, and earlier ones
 * @csspart conversations - the list of earlier conversations
 * @csspart notice - the strip that says what is wrong with the connection
 * @csspart transcript - the scrolling part
 * @csspart greeting - the agent's first words
 * @csspart starter - a button with what the visitor could say
 * @csspart visitor-message - a message of the visitor
 * @csspart agent-message - everything of one turn
 * @csspart person-message - a message of a person of the host's
 * @csspart hand-off - the strip that says whether a person is waited for or there
 * @csspart prose - an agent's text
 * @csspart code - a code block
 * @csspart sources - what an answer was made from
 * @csspart tool - a line about a tool
 * @csspart approval - the question before a write
 * @csspart approve - its one button
 * @csspart decline - its other button
 * @csspart edit - what opens one of its values for a change
 * @csspart interaction - a form that the agent asks for
 * @csspart submit - its one button; the other is `decline`
 * @csspart otp - what asks for a one-time code
 * @csspart grants - the strip with what need not be asked again
 * @csspart to-question - what leads to a question that waits out of view
 * @csspart error - the end of a turn that failed
 * @csspart missing - what stands in place of a part that could not be loaded
 * @csspart comment - the field under a rated answer
 * @csspart edit-strip - the line that says that the last question is being edited
 * @csspart composer - the form at the foot
 * @csspart input - its field
 * @csspart send - its button
 * @csspart stop - its button during a turn
 * @csspart decline-and-send - its button while a question waits
 *
 * @cssprop --smooth-agent-accent - the one strong colour, any CSS colour: the theme is computed from it
 * @cssprop --smooth-agent-on-accent - text and drawings on it, in place of the computed black or white
 * @cssprop --smooth-agent-font - the font family
 * @cssprop --smooth-agent-font-size - size of the text, 15px, compact 14px; the other sizes follow
 * @cssprop --smooth-agent-space - the step of all distances, 4px, compact 3px
 * @cssprop --smooth-agent-radius - rounding of the panel, 20px; all other corners follow
 * @cssprop --smooth-agent-inset-inline - distance from the side of the window, 20px
 * @cssprop --smooth-agent-inset-block - distance from its top or bottom, 20px
 * @cssprop --smooth-agent-width - width of the panel, 400px
 * @cssprop --smooth-agent-height - height of the panel, 660px
 * @cssprop --smooth-agent-z-index - order among what the page shows; the panel is above everything
 */
export class SmoothAgentElement extends HostApi {
  static override styles = styles;

  /** Where an element without an `endpoint` connects; the script tag sets it to its own origin. */
  static defaultEndpoint: string | undefined;

  readonly #write = (draft: string) => this.talk.write(draft);
  readonly #pace = new FramePacing();
  readonly #cards = new Cards(() => this.requestUpdate());
  readonly #chunks = new Chunks(this);
  readonly #paint = codePainting(this.#chunks);
  readonly #language = new Language(this, this.#chunks);
  readonly #words = new Wording(
    () => this.requestUpdate(),
    this.#paint,
    () => this.#pace.isLate,
    this.#language.strings,
  );
  readonly #region = new LiveRegion(this.#chunks);
  readonly #unread = new Unread(this);
  readonly #reading = new ReadingPosition(
    () => this.requestUpdate(),
    () => this.#earlier(),
  );
  readonly #shown = new ShownEntries();
  protected readonly presence = new PanelPresence(this, this.#reading);
  readonly #focus = new FocusKeeper(
    () => this.shadowRoot,
    () => this.presence.focus(),
  );
  protected readonly talk = new ConversationController(
    this,
    this.#chunks,
    () =>
      this.conversation ??
      newConversation(this, SmoothAgentElement.defaultEndpoint, () => this.#language.tag),
    (events) => this.#hear(events),
    () => this.clear(),
  );

  constructor() {
    super();
    appear(this);
    askBeforeLinks(this);
    new PanelKeys(this, this.#region.element, () => this.#leave());
    new Surroundings(this, () => this.opened && countsDown(this.talk.state));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#cards.release();
  }

  protected override async scheduleUpdate(): Promise<void> {
    if (this.opened) await this.#language.settled();
    await this.#pace.turn(this.hasUpdated);
    await super.scheduleUpdate();
    this.#pace.done();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.mode !== "popover") this.opened = true;
    const target = ["endpoint", "agentId", "conversation"] as const;
    if (this.hasUpdated && target.some((key) => changed.has(key))) {
      this.talk.discard();
      this.#cards.drafts.clear();
      this.#region.clear();
    }
    this.#cards.gate.visible = this.opened && document.visibilityState === "visible";
    if (this.opened) {
      this.#unread.clear();
      this.talk.open();
    }
    this.#reading.note(this.talk.state.transcript.at(-1));
    this.#focus.note();
  }

  protected override render(): TemplateResult {
    const words = this.#inWords();
    const isPopover = this.mode === "popover";
    const { atEnd, hasNews } = this.#reading;
    const view = viewOf(this.talk, words, this.#cards, this.#chunks, {
      locale: this.#language.tag,
      entries: this.#shown.of(this.talk.state.transcript, atEnd),
      hasEarlier: this.#shown.hasMore,
      earlier: this.#earlier,
      send: this.#submit,
      admits: this.admits,
    });
    return html`${
      isPopover
        ? launcher(view, {
            opened: this.opened,
            unread: this.#unread.count,
            label: this.launcherLabel,
            toggle: () => this.toggle(),
            near: () => this.#chunks.ask("conversation"),
          })
        : nothing
    }
      ${whileOpened(this.opened, [view.conversation, view.state.conversationId], () =>
        panel(view, {
          draft: this.talk.state.draft ?? "",
          write: this.#write,
          close: isPopover ? () => this.close() : undefined,
          atEnd,
          hasNews,
          toEnd: () => this.#reading.toEnd(),
        }),
      )}`;
  }

  protected override firstUpdated(): void {
    this.dispatchEvent(new SmoothAgentReadyEvent());
  }

  protected override updated(): void {
    this.#reading.keep(this.#shown.first?.id);
    this.#cards.watch(this.renderRoot);
    this.#region.follow(this.#hearing());
    this.#focus.keep(this.#cards.drafts.takeFocus());
  }

  readonly #submit = (text: string): boolean => {
    // What cannot be sent for now stays in its field.
    const canTalk = this.talk.conversation || !this.#chunks.isMissing("conversation");
    if (!canTalk) this.#chunks.retry("conversation");
    const isSent = canTalk && this.send(text);
    if (isSent) this.#reading.toEnd();
    return isSent;
  };

  readonly #earlier = (): void => {
    if (this.#shown.more()) this.requestUpdate();
    else this.talk.loadOlder();
  };

  /** What is open in the panel is left first. */
  #leave(): void {
    const shown = { cards: this.#cards };
    if (placeIn(shown)) goTo(shown, undefined, MENU_BUTTON);
    else this.close();
  }

  protected clear(): void {
    this.#cards.drafts.clear();
    this.#region.clear();
    this.#unread.clear();
    this.requestUpdate();
    this.performUpdate();
  }

  /** The language is known when the first rendering begins, and not before: the controllers come between. */
  #inWords(): Wording {
    this.#words.take(this.strings, this.#language.strings);
    return this.#words;
  }

  #hear(events: Event[]): void {
    this.#region.hear(events, () => this.#hearing());
    if (!this.opened) this.#unread.add(events);
    for (const event of events) this.dispatchEvent(event);
  }

  #hearing(): Hearing {
    const { state } = this.talk;
    const { strings } = this.#inWords();
    const agentName = state.agent?.name ?? strings.agent;
    return { state, strings, agentName, locale: this.#language.tag, isMuted: !this.opened };
  }
}
