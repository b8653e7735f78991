import type { Confirmation } from "@smooth-agent/protocol";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { ToolPart, VerdictDetails } from "../state/conversation-state.js";
import { draftChanges, editedArguments, worded } from "./approval-changes.js";
import { cardId } from "./card.js";
import { wrongFields } from "./form-field.js";
import { lockIcon } from "./card-icons.js";
import { checkIcon, clockIcon, crossIcon, spinnerIcon, warningIcon } from "./icons.js";
import type { View } from "./view.js";

/** What the visitor may answer, and how. */
export function approvalQuestion(
  part: ToolPart,
  confirmation: Confirmation,
  view: View,
): TemplateResult {
  const { strings, conversation } = view;
  const { drafts, gate } = view.cards;
  const { toolCallId, verdict } = part;
  const id = cardId(toolCallId);
  const draft = drafts.of(toolCallId);
  const team = confirmation.approver === "team";
  const sure = draft.step === "sure";
  // A step that comes into view takes no press that was meant for what stood there before.
  const step = sure ? `${toolCallId} sure` : toolCallId;
  gate.seen(step, performance.now());
  const changed = editedArguments(confirmation, draft) !== undefined;

  const decide = (approved: boolean) => (event: Event) => {
    if (verdict) return;
    if (!gate.admits(step, event)) {
      // It may be cut off at the edge: whoever means it finds it whole, and presses again.
      (event.currentTarget as Element).scrollIntoView({ block: "nearest" });
      return;
    }
    // What stands in the fields at this moment, which a render may be a frame behind.
    const draft = drafts.of(toolCallId);
    const edited = editedArguments(confirmation, draft);
    if (!approved) {
      const reason = draft.step === "reason" && draft.reason.trim();
      conversation?.decide(toolCallId, false, reason ? { reason } : {});
      return;
    }
    const errors = wrongFields((event.target as Element).closest(".card"), view);
    if (errors.length > 0) {
      drafts.change(toolCallId, { errors, step: undefined }, errors[0]?.field);
    } else if (confirmation.risk === "high" && !sure) {
      turnTo("sure", `sure-${id}`);
    } else {
      const details: VerdictDetails = {
        ...(edited && { arguments: edited }),
        ...(draft.remember && { remember: true }),
      };
      conversation?.decide(toolCallId, true, details);
    }
  };
  /** Whatever is turned to arms anew: a double press on what was there before means nothing here. */
  const turnTo = (next: "sure" | undefined, focus: string) => {
    gate.uncover(next ? `${toolCallId} sure` : toolCallId, false, 0);
    drafts.change(toolCallId, { step: next }, focus);
  };
  const back = () => turnTo(undefined, `approve-${id}`);
  const ready = !verdict && gate.isArmed(step, performance.now());
  const busy = verdict?.state === "sending" ? verdict.approved : undefined;
  const approve = button(
    changed ? strings.approveChange : strings.approve,
    busy === true ? spinnerIcon : checkIcon,
  );

  const error = part.verdictError
    ? html`<p class="verdict-error" role="alert">${part.verdictError}</p>`
    : nothing;
  if (team) {
    return html`<p class="aside">${clockIcon}${strings.waitingForTeam}</p>
      ${error}
      <div class="verdict" data-gate=${step}>${declineButton(strings.withdraw)}</div>`;
  }
  if (sure) return secondStep();
  return html`${confirmation.risk === "high" ? aside(warningIcon, strings.approvalHighRisk) : nothing}
  ${confirmation.stepUp ? aside(lockIcon, strings.stepUp) : nothing}
  ${confirmation.remember ? rememberBox() : nothing}${error}
  <div class="verdict" data-gate=${step}>
    ${approve({ part: "approve", id: `approve-${id}`, busy: strings.approving, press: decide(true) })}
    ${declineButton(strings.decline)}
  </div>
  ${verdict ? nothing : reasonField()}`;

  function button(label: string, icon: TemplateResult) {
    return (of: { part: string; id?: string; busy: string; press: (event: Event) => void }) =>
      html`<button
        type="button"
        class="verdict-button"
        part=${of.part}
        id=${of.id ?? nothing}
        aria-disabled=${ready ? "false" : "true"}
        @click=${of.press}
      >
        ${icon}<span>${icon === spinnerIcon ? of.busy : label}</span>
      </button>`;
  }

  function declineButton(label: string): TemplateResult {
    const show = button(label, busy === false ? spinnerIcon : crossIcon);
    return show({ part: "decline", busy: strings.declining, press: decide(false) });
  }

  function secondStep(): TemplateResult {
    const changes = draftChanges(confirmation, draft);
    const what = changes
      .map(({ label, to }) => `${label}: ${worded(to, confirmation, strings)}`)
      .join(", ");
    const yes = changed ? strings.reallyApproveChange : strings.reallyApprove(confirmation.title);
    const approveSure = button(visibleCharacters(yes), busy ? spinnerIcon : checkIcon);
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || verdict) return;
      event.preventDefault();
      event.stopPropagation();
      back();
    };
    return html`<div class="sure" role="group" tabindex="-1" id="sure-${id}" aria-labelledby="ask-${id}" @keydown=${escape}>
      <p id="ask-${id}">
        ${warningIcon}<span>${strings.areYouSure} <b dir="auto">${visibleCharacters(what || confirmation.summary)}</b></span>
      </p>
      ${confirmation.stepUp ? aside(nothing, strings.stepUp) : nothing}${error}
      <div class="verdict" data-gate=${step}>
        ${approveSure({ part: "approve", busy: strings.approving, press: decide(true) })}
        <button type="button" class="verdict-button" aria-disabled=${verdict ? "true" : "false"} @click=${() => verdict || back()}>
          <span>${strings.back}</span>
        </button>
      </div>
    </div>`;
  }

  function rememberBox(): TemplateResult {
    const mark = (event: Event) =>
      drafts.change(toolCallId, { remember: (event.target as HTMLInputElement).checked });
    return html`<label class="remember">
      <input type="checkbox" .checked=${live(draft.remember)} @change=${mark} />
      <span>${strings.remember}</span>
    </label>`;
  }

  /** Declining takes one press; saying why is there for whoever wants to. */
  function reasonField(): TemplateResult {
    const open = (step: "reason" | undefined, focus: string) => () =>
      drafts.change(toolCallId, { step }, focus);
    const field = `reason-${id}`;
    if (draft.step !== "reason") {
      return html`<button type="button" class="link" id="why-${id}" @click=${open("reason", field)}>
        ${strings.addReason}
      </button>`;
    }
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || (event.key !== "Escape" && event.key !== "Enter")) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") decide(false)(event);
      else open(undefined, `why-${id}`)();
    };
    const write = (event: Event) =>
      drafts.change(toolCallId, { reason: (event.target as HTMLInputElement).value });
    return html`<div class="reason">
      <label for=${field}>${strings.reason}</label>
      <input id=${field} dir="auto" maxlength="1000" autocomplete="off" .value=${live(draft.reason)} @input=${write} @keydown=${press} />
    </div>`;
  }
}

function aside(icon: unknown, text: string): TemplateResult {
  return html`<p class="aside">${icon}${text}</p>`;
}
