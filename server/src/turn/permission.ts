import type { Tool } from "../tools/toolbox.js";
import type { Scene } from "./scene.js";

/**
 * Why a tool may not run for whoever speaks here, in words that the model can explain; null when it may.
 * Asked before anything else is, and anew when a parked call goes on.
 */
export function refusalOf(
  { title, authLevel, definition: { stepUp } }: Pick<Tool, "title" | "authLevel" | "definition">,
  scene: Pick<Scene, "agent" | "session" | "userId" | "asksForCodes">,
): string | null {
  const { agent, session } = scene;
  switch (authLevel) {
    case "none":
      return null;
    case "end_user":
      // Only a host gives the fresh word that a step-up needs: whom a code proved could never approve it.
      if ((stepUp ? session.userId : scene.userId()) !== null) return null;
      return `"${title}" needs a signed-in visitor (level end_user), and nobody has vouched for this one. ${NOT_RUN} ${scene.asksForCodes && !stepUp ? BY_CODE : BY_SIGN_IN}`;
    case "admin":
      if (agent.visibility === "public") {
        return `"${title}" is for administrators (level admin) and is never available in a public chat. ${NOT_RUN} Tell the visitor that this cannot be done here.`;
      }
      if (session.role === "admin") return null;
      return `"${title}" is for administrators (level admin), and this session has no such role. ${NOT_RUN} Tell the visitor to sign in on the site as an administrator.`;
  }
}

/** The tools that the model is told of: one that never runs here is not among them. */
export function offeredTools({ agent, tools }: Pick<Scene, "agent" | "tools">): Tool[] {
  const isNever = ({ authLevel }: Tool) => authLevel === "admin" && agent.visibility === "public";
  return [...tools.values()].filter((tool) => !isNever(tool));
}

const BY_SIGN_IN = "Tell the visitor to sign in on the site and to ask again then.";
const BY_CODE =
  "Where the site has a contact of the visitor's, they are asked right now, below your answer, to prove who they are by a one-time code. Tell them to enter it where they are asked for it, never in a message to you, or else to sign in on the site, and to ask again then.";

const NOT_RUN = "Nothing was run and nobody was asked.";
