import { recordOf } from "../gateway/loose-json.js";
import { opened, streamed, type ModelAnswer } from "../gateway/model-server.fixture.js";
import { delta, DONE, usageEvent } from "../gateway/model-server.fixture.js";

/** One step of the model: how many words it says, what it calls, whether it then falls silent. */
interface Step {
  words?: number;
  calls?: string[];
  isHeld?: boolean;
}

/** What the model does about each kind of message: its steps, one after the other. */
const PLANS: Record<string, Step[]> = {
  plain: [{ words: 4 }],
  read: [{ calls: ["look_up"] }, { words: 3 }],
  refund: [{ words: 2, calls: ["refund"] }, { words: 3 }],
  pair: [{ calls: ["refund", "refund"] }, { words: 3 }],
  index: [{ calls: ["slow_index"] }, { words: 2 }],
  note: [{ calls: ["note"] }, { words: 2 }],
  hold: [{ words: 3, isHeld: true }],
  expiring: [{ calls: ["quick_refund"] }, { words: 2 }],
  steps: [{ words: 2, calls: ["look_up"] }, { words: 2, calls: ["note"] }, { words: 3 }],
  amend: [{ calls: ["amend"] }, { words: 3 }],
  standing: [{ calls: ["standing"] }, { calls: ["standing"] }, { words: 2 }],
  form: [{ words: 1, calls: ["request_choices"] }, { words: 2 }],
  page: [{ calls: ["client_show"] }, { words: 2 }],
  transfer: [{ calls: ["slow_transfer"] }, { words: 2 }],
};

/**
 * Answers by what is asked and not by how often: a model call that a crash repeats gets the same answer.
 * Every word carries the mark of its conversation and its number: `<c1>0 <c1>1 <c1>end `.
 */
export const scriptedModel: ModelAnswer = (response, { body }) => {
  const messages = (body["messages"] as unknown[]).map(recordOf);
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const [mark = "", plan = "", turn = ""] = String(messages[asked]?.["content"]).split(" ");
  const number = messages.slice(asked).filter(({ role }) => role === "assistant").length;
  const { words = 0, calls = [], isHeld = false } = PLANS[plan]?.[number] ?? { words: 1 };
  const said = Array.from({ length: words }, (_, word) =>
    delta({ content: `${mark}${word === words - 1 && !isHeld ? "end" : word} ` }),
  );
  if (isHeld) return opened(...said)(response);
  const called = calls.map((name, index) => {
    const args = JSON.stringify(argumentsOf(name, { mark, turn, number, index }));
    const call = { index, id: `call_${index}`, type: "function" };
    return delta({ tool_calls: [{ ...call, function: { name, arguments: args } }] });
  });
  const reason = calls.length > 0 ? "tool_calls" : "stop";
  return streamed(...said, ...called, delta({}, reason), usageEvent(10, 5), DONE)(response);
};

function argumentsOf(tool: string, effect: Record<string, unknown>): Record<string, unknown> {
  if (tool === "amend") return { ...effect, amount: 50 };
  if (tool !== "request_choices") return effect;
  const question = `${String(effect["mark"])} which size?`;
  return { questions: [{ question, header: "Size", options: ["M", "L"] }] };
}
