import type { Client } from "../client/client.js";
import type { Conversation, ConversationState } from "./conversation-state.js";

export interface IdentityOptions {
  client: Client;
  state(): ConversationState;
  open(): void;
}

/** What the host may say of who the visitor is. */
export function createIdentity({
  client,
  state,
  open,
}: IdentityOptions): Pick<Conversation, "setAuthContext" | "login" | "logout" | "forget"> {
  return {
    setAuthContext: client.setAuthContext,
    login: (authContext) => become(() => client.setAuthContext(authContext)),
    logout: () => become(client.logout),
    forget: () =>
      become(() => {
        client.forget();
        return false;
      }),
  };

  /** What was open goes on as the conversation of whom it is then. */
  function become(act: () => boolean | Promise<boolean>): void {
    const { status } = state().connection;
    const judge = (goesOn: boolean) => {
      if (!goesOn && status !== "idle" && status !== "closed") open();
    };
    const goesOn = act();
    if (typeof goesOn === "boolean") judge(goesOn);
    else void goesOn.then(judge);
  }
}
