import { LRUCache } from "lru-cache";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { SessionRecord, ToolCallRecord } from "../store/records.js";
import type { TurnPorts } from "./ports.js";
import type { Scene } from "./scene.js";

/** Counts the questions that visitors are asked, in this process's memory. */
export interface QuestionRates {
  /**
   * Counts a question once, however often its call comes back here.
   *
   * @returns whether it may be asked
   */
  admit(visitor: string, toolCallId: string): Promise<boolean>;
}

/** @param perHour the questions that one visitor may be asked in an hour */
export function questionRates(perHour: number): QuestionRates {
  const rates = new RateLimiterMemory({ points: perHour, duration: HOUR_MS / 1_000 });
  const counted = new LRUCache<string, true>({ max: 10_000, ttl: HOUR_MS });
  return {
    async admit(visitor, toolCallId) {
      if (counted.has(toolCallId)) return true;
      try {
        await rates.consume(visitor);
      } catch (error) {
        if (error instanceof RateLimiterRes) return false;
        throw error;
      }
      counted.set(toolCallId, true);
      return true;
    },
  };
}

const HOUR_MS = 3_600_000;

/**
 * Why a question is one too many, in words for the model; null when it may be asked, and is counted.
 * Two conversations at the same instant may both be let in.
 */
export async function questionRefusal(
  { id }: Pick<ToolCallRecord, "id">,
  { session }: Pick<Scene, "session">,
  { store, limits, questionRates: rates }: TurnPorts,
): Promise<string | null> {
  const { organizationId, userId } = session;
  // Of an anonymous visitor one question waits at most: that of the conversation.
  if (userId !== null) {
    const waiting = await store.waitingQuestions(organizationId, userId, limits.pendingQuestions);
    if (waiting >= limits.pendingQuestions) return MANY_WAIT;
  }
  return (await rates.admit(visitorOf(session), id)) ? null : MANY_ASKED;
}

function visitorOf({ organizationId, agentId, userId, conversationId }: SessionRecord): string {
  return JSON.stringify(userId === null ? [conversationId] : [organizationId, agentId, userId]);
}

const MANY_WAIT =
  "Too many questions wait for this visitor's answer. Nothing was run and nobody was asked. Do not try again now; tell the visitor to answer those that wait, in their other conversations, first.";
const MANY_ASKED =
  "Too many questions were asked of this visitor within an hour. Nothing was run and nobody was asked. Do not try again now; tell the visitor that this has to wait for a while.";
