import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type ChunkModule, type ChunkName, chunkSources } from "./chunk-sources.js";
import { ChunkLoad, type LoadedChunk } from "./chunk-load.js";

/** Every element of a page shares what was fetched. */
const loads = new Map<ChunkName, ChunkLoad>();
const sheets = new Map<string, CSSStyleSheet>();

/** What an opened panel may need at any moment, and must not be late with. */
const SOON: ChunkName[] = ["answers", "actions", "approvals"];

/** What is drawn with the words that come with answers. */
const WORDED: ReadonlySet<ChunkName> = new Set(["approvals", "forms", "actions"]);

/** The rare parts of an element: fetched when they are first asked for, and again while they fail. */
export class Chunks implements ReactiveController {
  /** Changes whenever a part arrived, or could not be had. */
  revision = 0;
  readonly #adopted = new Set<string>();

  #expected = false;

  constructor(readonly host: ReactiveControllerHost & Element & { opened: boolean }) {
    host.addController(this);
  }

  /** A part that is there, style sheets and all; else undefined, and the host renders again when it is. */
  get<Name extends ChunkName>(name: Name): ChunkModule<Name> | undefined {
    const chunk = loadOf(name).ask(this.#changed);
    if (!chunk || (WORDED.has(name) && !this.get("answers"))) return undefined;
    for (const sheet of chunk.styles ?? []) this.#adopt(sheet);
    // The table of sources says so for each name.
    return chunk as ChunkModule<Name>;
  }

  /** The words of a part, if it is there. */
  stringsOf(name: ChunkName): object | undefined {
    return loadOf(name).chunk?.strings;
  }

  /**
   * A part that shows nothing itself, if it is there.
   *
   * @param told called once there is more to tell; while there is one it is tried for again and again
   */
  ask<Name extends ChunkName>(name: Name, told?: () => void): ChunkModule<Name> | undefined {
    return loadOf(name).ask(told) as ChunkModule<Name> | undefined;
  }

  /** Resolves once a part is there, or was tried for in vain. */
  tried(name: ChunkName): Promise<void> {
    const load = loadOf(name);
    return new Promise((resolve) => {
      const done = () => {
        load.leave(done);
        resolve();
      };
      if (load.ask(done)) done();
    });
  }

  /** Calls `act` once a part is there; where it cannot be had at the first try, never. */
  whenThere<Name extends ChunkName>(name: Name, act: (chunk: ChunkModule<Name>) => void): void {
    const load = loadOf(name);
    const look = (): void => {
      if (load.failures > 0) return load.leave(look);
      const chunk = load.ask(look);
      if (!chunk) return;
      for (const sheet of chunk.styles ?? []) this.#adopt(sheet);
      act(chunk as ChunkModule<Name>);
    };
    look();
  }

  /** Whether a part was tried for more than once in vain; it goes on being tried for while it is asked for. */
  isMissing(name: ChunkName): boolean {
    return loadOf(name).failures > 1;
  }

  /** Tries at once for a part that could not be had. */
  retry(name: ChunkName): void {
    loadOf(name).retry();
  }

  hostConnected(): void {
    window.addEventListener("online", this.#online);
    if (this.host.shadowRoot) this.#changed();
  }

  /** Once the panel was opened, what it may need soon is fetched when the browser has nothing else to do. */
  hostUpdated(): void {
    if (this.#expected || !this.host.opened) return;
    this.#expected = true;
    whenIdle(() => SOON.forEach((name) => loadOf(name).ask()));
  }

  hostDisconnected(): void {
    window.removeEventListener("online", this.#online);
    for (const load of loads.values()) load.leave(this.#changed);
  }

  #adopt(text: string): void {
    const root = this.host.shadowRoot;
    if (!root || this.#adopted.has(text)) return;
    this.#adopted.add(text);
    const sheet = sheets.get(text) ?? new CSSStyleSheet();
    if (!sheets.has(text)) sheet.replaceSync(text);
    sheets.set(text, sheet);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  }

  readonly #changed = (): void => {
    this.revision += 1;
    this.host.requestUpdate();
  };

  readonly #online = (): void => {
    for (const load of loads.values()) if (load.failures > 0) load.retry();
  };
}

function loadOf(name: ChunkName): ChunkLoad {
  const load = loads.get(name) ?? new ChunkLoad(sourceOf(name));
  loads.set(name, load);
  return load;
}

/** A source of a build for browsers may have its part at hand. */
function sourceOf(name: ChunkName): () => LoadedChunk | Promise<LoadedChunk> {
  return chunkSources[name];
}

/** Safari cannot tell when it is idle; it waits a moment. */
function whenIdle(act: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(act, { timeout: 2000 });
  else setTimeout(act, 200);
}
