import { createHash, randomUUID } from "node:crypto";
import type { Tables } from "./database.js";
import type { NewMessage } from "./message-store.js";
import { ConflictError } from "./storage-error.js";

/**
 * The id of a message: with a key always the same one in a conversation, so that the row itself is what
 * makes it unique. A UUID of version 8, from a hash of both.
 */
export function messageId({ conversationId, key }: Pick<NewMessage, "conversationId" | "key">) {
  if (key === undefined) return randomUUID();
  const hash = createHash("sha256").update(JSON.stringify(["message", conversationId, key]));
  const hex = hash.digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/**
 * Stores a message of a person in a transaction of the caller's.
 *
 * @returns false when the organization has no such conversation
 * @throws {ConflictError} when the message is there: a number that was reserved for it is undone
 */
export async function insertMessage(
  tables: Tables,
  id: string,
  input: NewMessage,
): Promise<boolean> {
  const { conversationId, organizationId, text } = input;
  // Holds the conversation's row to the end: whoever adds the same one at this moment waits for it.
  const reserved = await tables.conversation.updateMany({
    where: { id: conversationId, organizationId },
    data: { nextSeq: { increment: 1 } },
  });
  if (reserved.count === 0) return false;
  if (await tables.message.findUnique({ where: { id } })) throw new ConflictError("The message");
  const { nextSeq } = await tables.conversation.findUniqueOrThrow({
    where: { id: conversationId },
    select: { nextSeq: true },
  });
  const participantId = await personId(tables, input);
  const message = { id, conversationId, participantId, text };
  await tables.message.create({ data: { ...message, seq: nextSeq - 1, direction: "outbound" } });
  return true;
}

/** The person's participant, made with their first message. They are called what they were called last. */
async function personId(tables: Tables, { conversationId, from }: NewMessage): Promise<string> {
  const { id: externalId, name } = from;
  const person = { conversationId, type: "human-agent", externalId };
  const known = await tables.participant.findFirst({
    where: externalId === null ? { ...person, name } : person,
  });
  if (!known) {
    const id = randomUUID();
    await tables.participant.create({ data: { ...person, id, name } });
    return id;
  }
  if (known.name !== name) {
    await tables.participant.update({ where: { id: known.id }, data: { name } });
  }
  return known.id;
}
