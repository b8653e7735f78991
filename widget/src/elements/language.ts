import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ChunkName } from "./chunk-sources.js";
import type { Chunks } from "./chunks.js";
import { panelStrings } from "./panel-strings.js";
import type { Strings } from "./strings.js";

/** The languages besides English whose words can be fetched. */
export const PACKS = ["ar", "de", "es", "fr", "ja", "pt", "zh"] as const;
/** How long an opening panel waits for its words before it shows English ones, in milliseconds. */
const PATIENCE_MS = 400;

export type PackName = (typeof PACKS)[number];

/** The language of an element: the host's own word, else that of the page around it, else the browser's. */
export class Language implements ReactiveController {
  /** Undefined before the first words were there. */
  #words: { tag: string; strings: Strings | undefined } | undefined;
  #hasWaited = false;
  #known = panelStrings as Strings;
  #rest: object | undefined;
  /** Whether the writing direction on the element is this language's, and not the page's word. */
  #directs = false;
  readonly #watch = new MutationObserver(() => this.host.requestUpdate());

  constructor(
    readonly host: ReactiveControllerHost & HTMLElement & { locale: string | undefined },
    readonly chunks: Chunks,
  ) {
    host.addController(this);
  }

  /** The words of the language; those of the former one, or English, until they are fetched. */
  get strings(): Strings {
    return this.#words?.strings ?? this.#english();
  }

  /** What times and numbers are written by: the language of the words, with the region that is wanted. */
  get tag(): string {
    return this.#words?.tag ?? "en";
  }

  hostConnected(): void {
    const options = { attributes: true, attributeFilter: ["lang", "dir"] };
    this.#watch.observe(document.documentElement, options);
    this.#watch.observe(this.host, options);
  }

  hostDisconnected(): void {
    this.#watch.disconnect();
  }

  hostUpdate(): void {
    const tag = this.#wanted();
    const name = packOf(tag);
    const pack = name && this.chunks.get(chunkOf(name));
    if (pack) this.#words = { tag, strings: pack.strings };
    else if (!name) this.#words = { tag: isEnglish(tag) ? tag : "en", strings: undefined };
    this.#direct();
  }

  /** Waits a moment for words that are on their way, once, when none were shown before. */
  async settled(): Promise<void> {
    const name = packOf(this.#wanted());
    if (this.#words || !name || this.#hasWaited) return;
    this.#hasWaited = true;
    const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    await Promise.race([this.chunks.tried(chunkOf(name)), patience]);
  }

  /** What is drawn with the rest of the words brings them along. */
  #english(): Strings {
    const rest = this.chunks.stringsOf("answers");
    if (rest !== this.#rest) this.#known = { ...panelStrings, ...rest } as Strings;
    this.#rest = rest;
    return this.#known;
  }

  #wanted(): string {
    return valid(this.host.locale) ?? valid(nearest(this.host, "lang")) ?? navigator.language;
  }

  /** Arabic is written from the right, unless the page says which way it is to be. */
  #direct(): void {
    const { host } = this;
    if (this.#directs && host.dir !== "rtl") this.#directs = false;
    const page = this.#directs ? nearest(host.parentElement ?? host, "dir") : nearest(host, "dir");
    const isRightToLeft = packOf(this.tag) === "ar";
    if (this.#directs && (!isRightToLeft || (host.parentElement && page))) {
      host.removeAttribute("dir");
      this.#directs = false;
    } else if (!this.#directs && isRightToLeft && !page) {
      host.dir = "rtl";
      this.#directs = true;
    }
  }
}

/** The pack that speaks a language, whatever the region and script; undefined for English and the rest. */
export function packOf(tag: string): PackName | undefined {
  const [language] = tag.toLowerCase().split(/[-_]/);
  return PACKS.find((name) => name === language);
}

function isEnglish(tag: string): boolean {
  return /^en\b/i.test(tag);
}

function chunkOf(name: PackName): `locale-${PackName}` & ChunkName {
  return `locale-${name}`;
}

/** The tag as Intl takes it; undefined when it is none. */
function valid(tag: string | undefined): string | undefined {
  try {
    return tag ? Intl.getCanonicalLocales(tag.replaceAll("_", "-"))[0] : undefined;
  } catch {
    return undefined;
  }
}

/** What the nearest element that has this attribute says, through all shadow trees. */
function nearest(from: Element, name: string): string | undefined {
  for (let node: Element | undefined = from; node;) {
    const found: Element | null = node.closest(`[${name}]`);
    const value = found?.getAttribute(name);
    if (value) return value;
    const root = (found ?? node).getRootNode();
    node = root instanceof ShadowRoot ? root.host : undefined;
  }
  return undefined;
}
