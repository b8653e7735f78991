/** Who is told what happens. */
export interface Listeners<Notice> {
  /** @returns how to stop */
  subscribe(listener: (notice: Notice) => void): () => void;
  emit(notice: Notice): void;
}

export function createListeners<Notice>(): Listeners<Notice> {
  const listeners = new Set<(notice: Notice) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit(notice) {
      for (const listener of [...listeners]) {
        try {
          listener(notice);
        } catch (error) {
          // A listener's fault is its own: seen by the host, but it does not stop the others or us.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
