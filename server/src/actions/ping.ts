import { pong } from "@smooth-agent/protocol";
import type { ActionHandler } from "./action-handler.js";

export const ping: ActionHandler<"ping"> = async ({ requestId }, caller, { now }) => {
  caller.reply(pong(requestId, now()));
};
