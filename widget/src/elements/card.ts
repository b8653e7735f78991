import { html, nothing, type TemplateResult } from "lit";
import type { AgentEntry, ToolPart } from "../state/conversation-state.js";
import { duration } from "./countdown.js";
import type { View } from "./view.js";

/** A call's id as a part of element ids. */
export function cardId(toolCallId: string): string {
  return encodeURIComponent(toolCallId);
}

/** Whether an answer to the card is still wanted. */
export function isOpen({ status, verdict, answer }: ToolPart, entry: AgentEntry): boolean {
  const state = (verdict ?? answer)?.state;
  return (
    status === "awaiting" &&
    (state === undefined || state === "sending") &&
    (entry.status === "parked" || entry.status === "running")
  );
}

/** How long the card is open, while that is known. */
export function timeLeft(
  expiresAt: number | undefined,
  { now, strings }: View,
): TemplateResult | typeof nothing {
  if (expiresAt === undefined || expiresAt <= now) return nothing;
  return html`<p class="expiry">${strings.expiresIn(duration(expiresAt - now, strings))}</p>`;
}

const TIME = { hour: "2-digit", minute: "2-digit" } as const;
const OF_ANOTHER_DAY = { ...TIME, day: "numeric", month: "short" } as const;
/** Made when they are first needed: making one takes longer than all else that the script does at its start. */
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * A record of another day says which; nothing for a time that is none.
 *
 * @param locale a BCP 47 tag
 */
export function clockTime(at: number | undefined, locale: string): TemplateResult | typeof nothing {
  const day = new Date(at ?? NaN).toDateString();
  if (Number.isNaN(Date.parse(day))) return nothing;
  const isToday = day === new Date().toDateString();
  const key = `${locale} ${isToday}`;
  const shape = isToday ? TIME : OF_ANOTHER_DAY;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, shape);
  formats.set(key, format);
  return html`<time> · ${format.format(at)}</time>`;
}
