/** Words for days and times in one language. */
export interface Dates {
  /** The time of day. */
  time(at: number): string;
  /** The day as one says it at `now`: today and yesterday by their names. */
  day(at: number, now: number): string;
}

const made = new Map<string, Dates>();

/** @param locale a BCP 47 tag; the browser's language where it is none or unknown */
export function datesIn(locale: string): Dates {
  const known = made.get(locale) ?? make(locale);
  made.set(locale, known);
  return known;
}

/** The days of a transcript, told once for each. */
export class DayWords {
  #from = 0;
  #until = 0;

  constructor(
    readonly dates: Dates,
    readonly now: number,
  ) {}

  /** @returns the words for the day of `at`, or nothing when the one before was of that day too */
  next(at: number): string | undefined {
    // Most are of the same day as the one before: two comparisons then.
    if ((at >= this.#from && at < this.#until) || !isTime(at)) return undefined;
    this.#from = dayOf(at);
    this.#until = dayOf(at, 1);
    return this.dates.day(at, this.now);
  }
}

function make(locale: string): Dates {
  let tag: string | undefined = locale;
  try {
    Intl.getCanonicalLocales(locale);
  } catch {
    tag = undefined;
  }
  // Each takes milliseconds to make, so that none is made before it is asked for.
  const time = once(() => new Intl.DateTimeFormat(tag, { hour: "numeric", minute: "2-digit" }));
  const relative = once(() => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));
  const date = { weekday: "long", day: "numeric", month: "long" } as const;
  const day = once(() => new Intl.DateTimeFormat(tag, date));
  const ofAnotherYear = once(() => new Intl.DateTimeFormat(tag, { ...date, year: "numeric" }));
  const said = (at: number, now: number) => {
    const ago = Math.round((dayOf(now) - dayOf(at)) / 86_400_000);
    if (ago === 0 || ago === 1) return relative().format(-ago, "day");
    const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
    return (isThisYear ? day : ofAnotherYear)().format(at);
  };
  return {
    time: (at) => (isTime(at) ? time().format(at) : ""),
    day(at, now) {
      const [first = "", ...rest] = said(at, now);
      return first.toLocaleUpperCase(tag) + rest.join("");
    },
  };
}

function once<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= make());
}

/** The beginning of a day, or of one some days later, in the visitor's time zone. */
function dayOf(at: number, later = 0): number {
  const day = new Date(at);
  day.setDate(day.getDate() + later);
  return day.setHours(0, 0, 0, 0);
}

/** A stored message may tell a time that is none. */
function isTime(at: number): boolean {
  return Math.abs(at) <= 8.64e15;
}
