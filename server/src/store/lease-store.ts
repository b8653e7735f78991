/** The processes that may run turns. */
export interface LeaseStore {
  /** Whether other processes may have the database open as well. */
  readonly isShared: boolean;
  /** Enters a process among those that may run turns, for as long as its lease is renewed. */
  enterProcess(owner: string, leaseMs: number): Promise<void>;
  /** Extends a lease; false when it was dropped, and the turns of its process may be another's. */
  renewLease(owner: string, leaseMs: number): Promise<boolean>;
  /** Ends a lease at once. */
  leaveProcess(owner: string): Promise<void>;
}
