import { socketUrl, type Endpoint } from "./endpoint.js";
import { NOBODY, signOf, type KeptItems, type Owner } from "./kept-items.js";

/** What is told of things that are kept. */
export type VisitorNotice =
  /** What was kept for this visitor, by its name; anybody may have written it. Told before the session. */
  | { type: "kept"; items: Record<string, unknown> }
  /** Everything that is shown was another visitor's. */
  | { type: "left" };

/** What is kept for the visitor of now, whoever that is. */
export interface VisitorItems {
  /** Finds out who the visitor is, at a server with this URL; rejects with what the host threw. */
  introduce(url: string): Promise<void>;
  /** Tells what is kept for this visitor. What was kept before is theirs when nobody was named. */
  begin(owner: Owner): Promise<void>;
  /** Keeps something as soon as it is known for whom; undefined removes it. */
  keep(name: string, value: unknown): void;
  /** The visitor is another one from now on; what was kept for this one is removed. */
  end(): Promise<void>;
  /** It is not known any more who the visitor is. */
  pause(): void;
  /** Removes what is kept for these, also before anything was opened; who comes next waits for it. */
  clear(isMeant: (sign: string) => boolean): void;
}

export interface VisitorItemsOptions {
  kept: KeptItems;
  emit(notice: VisitorNotice): void;
  endpoint: Endpoint;
  /** Whom the host names. */
  visitor(): Promise<Owner>;
}

export function createVisitorItems(options: VisitorItemsOptions): VisitorItems {
  const { kept, emit, endpoint, visitor } = options;
  let holder: { owner: Owner; isTold?: boolean } | undefined;
  let url: string | undefined;
  let cleared = Promise.resolve();
  const early = new Map<string, unknown>();

  const items: VisitorItems = {
    async introduce(dialled) {
      url = dialled;
      await cleared;
      await settle(dialled);
      if (!holder?.isTold) await items.begin(await visitor());
    },

    async begin(owner) {
      const former = holder;
      if (former && former.owner === owner) return;
      const mine: typeof former = { owner };
      if (former && former.owner !== undefined) void items.end();
      holder = mine;
      if (owner !== undefined) {
        if (former) await move(owner);
        await kept.clear((sign) => sign !== NOBODY && sign !== signOf(owner));
      }
      const found = await kept.all(owner);
      if (holder !== mine) return;
      emit({ type: "kept", items: found });
      mine.isTold = true;
      for (const [name, value] of early) void kept.write(owner, name, value);
      early.clear();
    },

    keep(name, value) {
      if (holder?.isTold) void kept.write(holder.owner, name, value);
      else early.set(name, value);
    },

    async end() {
      const former = holder;
      items.pause();
      if (former) await kept.clear((sign) => sign === signOf(former.owner));
    },

    pause() {
      holder = undefined;
      early.clear();
      emit({ type: "left" });
    },

    clear(isMeant) {
      cleared = cleared
        .then(async () => {
          url ??= socketUrl(typeof endpoint === "function" ? await endpoint() : endpoint);
          await settle(url);
          await kept.clear(isMeant);
        })
        // Where the host cannot say where the server is, it may when something is opened.
        .catch(() => {});
    },
  };
  return items;

  async function settle(at: string): Promise<void> {
    // A query may hold tokens.
    await kept.settle(at.split("?")[0] ?? at);
  }

  async function move(owner: Owner): Promise<void> {
    for (const [name, value] of Object.entries(await kept.all(undefined))) {
      // The session is kept for whom it was made or claimed.
      if (name === "session") continue;
      void kept.write(owner, name, value);
      void kept.write(undefined, name, undefined);
    }
  }
}
