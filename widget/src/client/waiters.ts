import type { ConnectionState } from "./connection-state.js";
import { connectionLost, RequestError, unavailable } from "./request-error.js";

/** Who waits for the connection to be online. */
export interface Waiters {
  /** @param patient whether to wait on when an attempt fails but another one will follow */
  wait(patient: boolean): Promise<void>;
  /** Settles whom this state concerns. */
  hear(state: ConnectionState): void;
}

export function createWaiters(): Waiters {
  const waiting = new Set<Waiter>();

  return {
    wait(patient) {
      const online = new Promise<void>((resolve, reject) => {
        const settled = () => waiting.delete(waiter);
        const waiter: Waiter = {
          patient,
          resolve: () => (settled(), resolve()),
          reject: (error) => (settled(), reject(error)),
        };
        waiting.add(waiter);
      });
      // A caller who does not wait has the state to look at; no unhandled rejection for that.
      online.catch(() => {});
      return online;
    },

    hear(state) {
      for (const { patient, resolve, reject } of [...waiting]) {
        if (state.status === "online") resolve();
        if (state.status === "closed") reject(unavailable("The client was closed.", "client"));
        if (state.status === "refused") reject(new RequestError(state.error, "server"));
        if (state.status === "reconnecting" && !patient) {
          const { error } = state;
          reject(error ? new RequestError(error, "server") : connectionLost());
        }
      }
    },
  };
}

interface Waiter {
  patient: boolean;
  resolve(): void;
  reject(error: RequestError): void;
}
