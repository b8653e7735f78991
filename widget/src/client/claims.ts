import { hasCode } from "./request-error.js";
import { UNCLAIMABLE, type Identified } from "./session.js";

export interface ClaimsOptions {
  /** Claims the session that is held; rejects as unclaimable when the answer names another conversation. */
  claim(word: object | undefined): Promise<void>;
  /** That of the session that was taken up last. */
  held(): string | undefined;
  /** Waits through attempts that fail; false when there will be no other one by itself. */
  online(): Promise<boolean>;
  /** Gives the connection up, where there is one, and takes the session up again later. */
  drop(error: unknown): void;
  close(): void;
  forget(): void;
}

/**
 * Makes what follows what the host says anew of the visitor.
 *
 * @returns a function that tells whether the conversation goes on; when not, it is closed
 */
export function createClaims(options: ClaimsOptions) {
  const { held, close, forget } = options;
  /** Counts what was said, so that a claim ends with the word that it was made for. */
  let said = 0;

  return (identified: Identified): boolean | Promise<boolean> => {
    if (identified === true) return true;
    said += 1;
    if (identified) return claim(identified.word);
    // Who it is may be known later: then the session is looked at again.
    if (identified === undefined) close();
    else forget();
    return false;
  };

  /** Until the server has said yes or no, over all connections. */
  async function claim(word: object): Promise<boolean> {
    const mine = said;
    let begun = held();
    for (let given: object | undefined = word; ; given = undefined) {
      const isOnline = await options.online();
      if (mine !== said) return false;
      // Closed or refused: it is claimed when somebody connects again.
      if (!isOnline) continue;
      begun ??= held();
      if (held() !== begun) {
        // Another one was taken up meanwhile, and may be the visitor's own.
        close();
        return false;
      }
      try {
        await options.claim(given);
        return true;
      } catch (error) {
        if (mine !== said) return false;
        if (hasCode(error, UNCLAIMABLE)) {
          forget();
          return false;
        }
        // Whether it was claimed shows when the session is taken up again.
        options.drop(error);
      }
    }
  }
}
