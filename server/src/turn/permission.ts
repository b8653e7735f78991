import type { Tool } from "../tools/toolbox.js";
import type { Scene } from "./scene.js";

/**
 * Why a tool may not run for whoever speaks here, in words that the model can explain; null when it may.
 * Asked before anything else is, and anew when a parked call goes on.
 */
export function refusalOf(
  { title, authLevel }: Pick<Tool, "title" | "authLevel">,
  { agent, session }: Pick<Scene, "agent" | "session">,
): string | null {
  switch (authLevel) {
    case "none":
      return null;
    case "end_user":
      if (session.userId !== null) return null;
      return `"${title}" needs a signed-in visitor (level end_user), and nobody has vouched for this one. ${NOT_RUN} Tell the visitor to sign in on the site and to ask again then.`;
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

const NOT_RUN = "Nothing was run and nobody was asked.";
