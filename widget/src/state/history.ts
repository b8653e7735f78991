import type { Message } from "@smooth-agent/protocol";
import type { TranscriptEntry, VisitorEntry } from "./conversation-state.js";
import { entryFrom, identified, isOfPerson, isStoredAs } from "./stored-entry.js";
import { isLive, isUnsent } from "./transcript.js";

/** Puts an older page, oldest first, on top of what is shown. */
export function withOlder(shown: TranscriptEntry[], messages: Message[]): TranscriptEntry[] {
  const isShown = (message: Message) => shown.some((entry) => isStoredAs(entry, message));
  const older = messages.filter((message) => !isShown(message)).map(entryFrom);
  return older.length > 0 ? [...older, ...shown] : shown;
}

/**
 * Brings what is shown and the newest page together, each message once and in the order of the page.
 *
 * A message that is shown stays as it is shown, the others take their place between, and what only
 * this client knows stays behind what it followed. The page must have been asked for while no
 * message was on its way.
 *
 * @param messages the page, oldest first
 * @param activeTurnId the turn that goes on, whose answer is not stored yet
 * @returns `gap` true: messages may be missing before the page, so what is older is shown no more
 */
export function withNewest(
  before: TranscriptEntry[],
  messages: Message[],
  activeTurnId: string | undefined,
): { transcript: TranscriptEntry[]; gap: boolean } {
  const shown = before.map((entry) => {
    const message = messages.find((candidate) => isStoredAs(entry, candidate));
    return message ? identified(entry, message) : entry;
  });
  const first = firstOnPage(shown, messages);
  if (first === undefined && messages.length > 0 && shown.some(isStored)) {
    const local = shown.filter((entry) => isUnsent(entry) || entry.id === activeTurnId);
    return { transcript: [...messages.map(entryFrom), ...local], gap: true };
  }
  const merged: TranscriptEntry[] = [];
  let next = first ?? 0;
  let leading = 0;
  let joined = false;
  for (const message of messages) {
    const index = nextStored(shown, next);
    const entry = shown[index];
    if (entry && isSame(entry, message)) {
      if (!joined) leading = merged.length;
      joined = true;
      merged.push(...shown.slice(next, index), identified(entry, message));
      next = index + 1;
      continue;
    }
    const candidate = shown[next];
    // An answer without its message before it is that of a message still to come on the page.
    const answers = candidate?.kind === "agent" && isAsked(shown, next);
    const missed =
      message.direction === "inbound"
        ? candidate?.kind === "visitor" && isUnanswered(candidate, message)
        : answers && isLive(candidate) && candidate.id !== activeTurnId && !isOfPerson(message);
    if (candidate && missed && message.requestId === undefined) {
      merged.push(identified(candidate, message));
      next += 1;
      continue;
    }
    if (answers && candidate.messageId === undefined && message.direction === "inbound") {
      // A new message shows that the turn before it has ended.
      merged.push(candidate);
      next += 1;
    }
    // One that is shown elsewhere keeps that place.
    if (!shown.some((other) => isStoredAs(other, message))) merged.push(entryFrom(message));
  }
  const older = shown.slice(0, first ?? 0);
  const gap = leading > 0 && older.some(isStored);
  return { transcript: [...(gap ? [] : older), ...merged, ...shown.slice(next)], gap };
}

/**
 * Finds the entry at which what is shown and the page begin to agree: where the fewest stored
 * entries are left over, as new ones may be that came after the page; then where most agree.
 */
function firstOnPage(shown: TranscriptEntry[], messages: Message[]): number | undefined {
  const stored = shown.filter(isStored);
  let best: { entry: TranscriptEntry; left: number; agreed: number } | undefined;
  for (const [from, entry] of stored.entries()) {
    let at = from;
    for (const message of messages) {
      const candidate = stored[at];
      if (candidate && isSame(candidate, message)) at += 1;
    }
    const agreed = at - from;
    const left = stored.length - at;
    if (
      agreed === 0 ||
      (best && (left > best.left || (left === best.left && agreed <= best.agreed)))
    ) {
      continue;
    }
    best = { entry, left, agreed };
  }
  if (!best) return undefined;
  // What is only here and stands before all stored ones has no older place to stay in.
  return best.entry === stored[0] ? 0 : shown.indexOf(best.entry);
}

/** Finds out whether a message of the visitor is what an answer at this place follows. */
function isAsked(shown: TranscriptEntry[], at: number): boolean {
  return shown.slice(0, at).findLast(({ kind }) => kind !== "person")?.kind === "visitor";
}

function nextStored(shown: TranscriptEntry[], from: number): number {
  const index = shown.findIndex((entry, at) => at >= from && isStored(entry));
  return index < 0 ? shown.length : index;
}

function isSame(entry: TranscriptEntry, message: Message): boolean {
  if (entry.messageId !== undefined) return entry.messageId === message.id;
  // Where the server tells requestIds, the entry would have been known by it.
  return (
    message.requestId === undefined &&
    entry.kind === "visitor" &&
    message.direction === "inbound" &&
    entry.text === message.content.text
  );
}

/** Finds out whether a message may be the one whose ack never came. */
function isUnanswered({ delivery, error, text }: VisitorEntry, { content }: Message): boolean {
  return delivery === "refused" && error?.code === "UNAVAILABLE" && text === content.text;
}

function isStored(entry: TranscriptEntry): boolean {
  return entry.kind === "visitor" ? entry.delivery === "sent" : entry.messageId !== undefined;
}
