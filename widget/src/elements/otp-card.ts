import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { visibleCharacters } from "../markdown/visible-characters.js";
import type { OtpState } from "../state/conversation-state.js";
import { timeLeft } from "./card.js";
import { duration } from "./countdown.js";
import { lockIcon } from "./card-icons.js";
import { checkIcon, closeIcon, spinnerIcon, warningIcon } from "./icons.js";
import type { View } from "./view.js";

/** Digits of a code; one more or fewer is handed in by the button. */
const DIGITS = 6;

/** What asks for a one-time code, below everything that was said: it is no part of it. */
export function otpCard(view: View): TemplateResult | typeof nothing {
  const { strings, conversation } = view;
  const { otp } = view.state;
  if (!otp) return nothing;
  const { status } = otp;
  const dismiss = () => conversation?.dismissOtp();
  return html`<section
    class="card otp"
    part="otp"
    role="group"
    tabindex="-1"
    aria-labelledby="otp-title"
    aria-busy=${status === "sending" || status === "verifying" ? "true" : "false"}
    data-open
  >
    <header>
      ${lockIcon}
      <p class="eyebrow">${strings.otpAsked}</p>
      ${status === "sent" ? timeLeft(otp.expiresAt, view) : nothing}
      <button type="button" class="icon-button" aria-label=${strings.otpDismiss} @click=${dismiss}>
        ${closeIcon}
      </button>
    </header>
    <h3 id="otp-title">${strings.otpTitle}</h3>
    <p class="summary" dir="auto">${visibleCharacters(otp.actionDescription)}</p>
    ${status === "sent" || status === "verifying" ? codeField(otp, view) : standing(otp, view)}
    ${status === "verified" ? nothing : sendAgain(otp, view)}
  </section>`;
}

/** How it stands while no code may be typed. */
function standing({ status, error }: OtpState, { strings }: View): TemplateResult {
  const icons = { sending: spinnerIcon, verified: checkIcon };
  const texts = {
    sending: strings.otpSending,
    verified: strings.otpVerified,
    locked: strings.otpLocked,
    failed: error ?? strings.otpFailed,
  };
  const of = status as keyof typeof texts;
  const icon = of in icons ? icons[of as keyof typeof icons] : warningIcon;
  return html`<p class="aside" role="status">${icon}${visibleCharacters(texts[of])}</p>`;
}

function codeField(otp: OtpState, { strings, cards, conversation }: View): TemplateResult {
  const { drafts } = cards;
  const key = `otp ${otp.turnId}`;
  const code = String(drafts.of(key).values["code"] ?? "");
  const verifying = otp.status === "verifying";
  const verify = (text: string) => {
    if (text && !verifying) conversation?.verifyOtp(text);
  };
  const input = (event: Event) => {
    const field = event.target as HTMLInputElement;
    const typed = field.value.replace(/\D/g, "");
    if (field.value !== typed) field.value = typed;
    drafts.write(key, "code", typed);
    if (typed.length === DIGITS) verify(typed);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    verify(String(drafts.of(key).values["code"] ?? ""));
  };
  const { attemptsRemaining: left, error } = otp;
  return html`<form class="form-field" novalidate @submit=${submit}>
    <label for="otp-code"
      >${otp.maskedDestination ? strings.otpSentTo(visibleCharacters(otp.maskedDestination)) : strings.otpCode}</label
    >
    <div class="code">
      <input
        id="otp-code"
        inputmode="numeric"
        autocomplete="one-time-code"
        maxlength="16"
        dir="ltr"
        aria-invalid=${otp.error ? "true" : nothing}
        aria-describedby=${otp.error ? "otp-error" : nothing}
        ?readonly=${verifying}
        .value=${live(code)}
        @input=${input}
      />
      <button type="submit" class="verdict-button" aria-disabled=${verifying || !code ? "true" : "false"}>
        ${verifying ? spinnerIcon : nothing}<span>${strings.otpVerify}</span>
      </button>
    </div>
    ${
      error
        ? html`<p id="otp-error" class="field-error" role="alert">
            ${visibleCharacters(error)}
          </p>`
        : nothing
    }
    ${left === undefined ? nothing : html`<p class="hint">${strings.otpAttempts(left)}</p>`}
  </form>`;
}

/** Another code, by the same way or another, once it may be asked for. */
function sendAgain(otp: OtpState, { strings, conversation, now }: View) {
  const { channels, channel, resendAt = 0, status } = otp;
  if (status === "sending" || status === "verifying") return nothing;
  if (resendAt > now) {
    return html`<p class="hint">${strings.otpResendIn(duration(resendAt - now, strings))}</p>`;
  }
  const ways = channels.length > 1 ? channels : [channel];
  return html`<p class="ways">
    ${ways.map((way) => {
      const send = () => conversation?.requestOtp(way);
      const text = !way
        ? strings.otpResend
        : way === channel
          ? strings.otpResend
          : strings.otpResendBy(strings.otpChannels[way] ?? visibleCharacters(way));
      return html`<button type="button" class="link" @click=${send}>${text}</button>`;
    })}
  </p>`;
}
