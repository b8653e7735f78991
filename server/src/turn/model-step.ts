import { randomUUID } from "node:crypto";
import { streamReasoning, streamToken } from "@smooth-agent/protocol";
import { LAST_STEP_NOTE, systemPrompt } from "../agent/system-prompt.js";
import { languageNote } from "../agent/visitor-language.js";
import { workflowPrompt } from "../agent/workflow-prompt.js";
import {
  GatewayError,
  type Gateway,
  type GatewayFinish,
  type GatewayRequest,
} from "../gateway/gateway.js";
import type { SessionRecord, TurnWithSteps } from "../store/records.js";
import type { NewStep } from "../store/store.js";
import type { Toolbox } from "../tools/toolbox.js";
import type { Before } from "./before.js";
import { historyMessages, runningMessages } from "./history.js";
import { isOwnTool, ownToolTitle } from "./own-tool.js";
import { ownGatewayTools } from "./own-tools.js";
import { contextNote } from "./page-context.js";
import { offeredTools } from "./permission.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";
import { STEP_SEPARATOR } from "./snapshot.js";
import { cutText, storable } from "./stored-text.js";
import { argumentsDigest } from "./tool-call.js";
import type { TurnEvent } from "./turn-event.js";
import { enterUnended, enterUsage } from "./usage-entry.js";
import type { Utterance } from "./utterance.js";

/** What one step may ask for: calls, characters of a name or id, characters of one call's arguments. */
const MAX_CALLS = 32;
const MAX_NAME = 256;
const MAX_ARGUMENTS = 64_000;

/**
 * Asks the model once, streams what it says and persists it as the turn's next step.
 *
 * @param before what is told besides this turn
 * @param utterance told that this step begins, and that it is stored
 * @returns `withheld` when there is no answer to show: the provider cut it off for its content, or the model
 *   called a tool at its last step and the whole turn says nothing; nothing is stored then
 * @throws {GatewayError} when the model failed, {@link ConflictError} when the turn was ended
 */
export async function* modelStep(
  turn: TurnWithSteps,
  before: Before,
  scene: Scene,
  ports: TurnPorts,
  signal: AbortSignal,
  utterance: Utterance,
): AsyncGenerator<TurnEvent, "answered" | "withheld"> {
  const { requestId } = turn;
  const { gateway, request, isLast } = await gatewayRequest(turn, before, scene, ports);
  const spokeBefore = turn.steps.some(({ text }) => text !== "");
  let text = "";
  let reasoning = "";
  let finish: GatewayFinish | undefined;
  // A cancel that came while the request was made up is heard before anything is asked.
  signal.throwIfAborted();
  utterance.begin(turn.steps.length, spokeBefore);
  try {
    for await (const part of gateway.stream(request, signal)) {
      if (part.type === "finish") {
        finish = part;
        break;
      }
      const said = storable(part.text);
      if (said === "") continue;
      if (part.type === "reasoning") {
        reasoning += said;
        yield streamReasoning(requestId, said, ports.now());
      } else {
        if (text === "" && spokeBefore) yield streamToken(requestId, STEP_SEPARATOR, ports.now());
        text += said;
        yield streamToken(requestId, said, ports.now());
      }
      if (text.length + reasoning.length > ports.limits.stepCharacters) break;
    }
  } finally {
    const said = reasoning + text;
    if (!finish) await enterUnended({ gateway, request, said }, turn, scene, ports);
  }
  signal.throwIfAborted();
  const isCut = text.length + reasoning.length > ports.limits.stepCharacters;
  // An answer without an end is no answer, whatever gateway a host has put here.
  if (!finish && !isCut) throw new GatewayError("unavailable", "The answer broke off.");
  // A model that still calls tools at its last step would be asked for ever: the answer is cut there.
  const isDeaf = isLast && finish?.reason === "tool_calls";
  if (finish?.reason === "content_filter" || (isDeaf && text === "" && !spokeBefore)) {
    const call = { purpose: "answer", model: request.model } as const;
    if (finish?.usage) await enterUsage(call, finish.usage, turn, scene, ports);
    return "withheld";
  }
  const kept = isDeaf ? undefined : finish;
  const step = newStep(turn.steps.length, text, reasoning, kept, finish?.usage, scene.tools);
  await ports.store.addStep(turn.id, ports.owner, step);
  utterance.end();
  return "answered";
}

async function gatewayRequest(
  turn: TurnWithSteps,
  { past, beside }: Before,
  scene: Scene,
  ports: TurnPorts,
): Promise<{ gateway: Gateway; request: GatewayRequest; isLast: boolean }> {
  const { session, agent, persona, place } = scene;
  const sections = [
    place && workflowPrompt(place),
    languageNote(session.locale),
    contextNote(turn),
  ].filter((section) => typeof section === "string");
  const gateway = await ports.gateways.of(session.organizationId);
  if (!gateway) throw new GatewayError("unauthenticated", "No key for a model.");
  const isLast =
    turn.steps.length >= agent.maxIterations - 1 || (await isSpent(turn, session, ports));
  // Wherever a host's tool comes from, it never stands in for one of ours.
  const hosts = offeredTools(scene).filter(({ definition }) => !isOwnTool(definition.name));
  const own = ownGatewayTools(scene);
  const tools = isLast ? [] : hosts;
  const couldCall = turn.steps.length > 0 || hosts.length + own.length > 0;
  const prompt = systemPrompt(agent, { persona, sections, isFirstTurn: past.length === 0 });
  const request: GatewayRequest = {
    model: turn.model ?? agent.model,
    messages: [
      {
        role: "system",
        content: isLast && couldCall ? `${prompt}\n\n${LAST_STEP_NOTE}` : prompt,
      },
      ...historyMessages(past, ports.limits.historyTokens),
      ...runningMessages(turn, beside, ports.limits.turnTokens),
    ],
    tools: [
      ...tools.map(({ definition, schema }) => ({
        name: definition.name,
        description: definition.description,
        parameters: schema.jsonSchema,
      })),
      ...(isLast ? [] : own),
    ],
    ...(agent.temperature !== undefined && { temperature: agent.temperature }),
    ...(agent.maxOutputTokens !== undefined && { maxOutputTokens: agent.maxOutputTokens }),
  };
  return { gateway, request, isLast };
}

/** Whether what was paid for so far has to do: the turn then closes with what it knows. */
async function isSpent(
  { steps }: TurnWithSteps,
  session: SessionRecord,
  { budgets }: TurnPorts,
): Promise<boolean> {
  const costUsd = steps.reduce((sum, step) => sum + (step.costUsd ?? 0), 0);
  return steps.length > 0 && budgets.isSpent(session, costUsd);
}

function newStep(
  index: number,
  text: string,
  reasoning: string,
  finish: GatewayFinish | undefined,
  usage: NewStep["usage"],
  tools: Toolbox,
): NewStep {
  const calls = finish?.toolCalls.slice(0, MAX_CALLS) ?? [];
  return {
    index,
    text,
    reasoning,
    finishReason: finish?.reason ?? "length",
    usage,
    toolCalls: calls.map(({ id, name, arguments: args }, position) => ({
      id: randomUUID(),
      index: position,
      providerId: cutText(storable(id), MAX_NAME),
      name: cutText(storable(name), MAX_NAME),
      title: ownToolTitle(name) ?? tools.get(name)?.definition.title ?? null,
      // Cut arguments are no JSON any more, so that such a call is refused and not run.
      arguments: cutText(storable(args), MAX_ARGUMENTS),
      digest: argumentsDigest(cutText(storable(args), MAX_ARGUMENTS)),
    })),
  };
}
