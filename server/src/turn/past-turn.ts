import type { Citation, PastToolCall, TerminalEvent } from "@smooth-agent/protocol";
import type { StepRecord, TurnRecord, TurnWithSteps } from "../store/records.js";
import { STEP_SEPARATOR, toolItem, wasShown } from "./snapshot.js";

/** The tool calls of a turn that has ended, as its visitor saw them, each with its place in the text. */
export function pastToolCalls(turn: TurnWithSteps): PastToolCall[] {
  let textOffset = 0;
  return turn.steps.flatMap((step) => {
    textOffset = offsetAfter(step, textOffset);
    return step.toolCalls.filter(wasShown).map((call): PastToolCall => {
      const { type: _, ...item } = toolItem(call);
      // Nobody runs it any more: what became of it was never told.
      const status = call.state === "executing" ? "unknown" : item.status;
      return { ...item, status, textOffset };
    });
  });
}

/** The sources that the turn's answer named. */
export function citationsOf({ terminal }: TurnRecord): Citation[] | undefined {
  const event = terminal === null ? null : (JSON.parse(terminal) as TerminalEvent);
  return event?.type === "eventual_response" ? event.data.data.citations : undefined;
}

function offsetAfter({ text }: StepRecord, before: number): number {
  if (text === "") return before;
  return before + text.length + (before > 0 ? STEP_SEPARATOR.length : 0);
}
