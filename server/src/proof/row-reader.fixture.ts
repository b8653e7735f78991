import type { Fields, Rows } from "./history.fixture.js";

/** Reads a database by plain SQL, past everything of ours that could hide a fault. */
export interface RowReader {
  query(sql: string): Promise<Fields[]>;
}

/** The rows of some conversations; the SQL is what SQLite and PostgreSQL both take. */
export async function rowsOf(
  { query }: RowReader,
  conversationIds: readonly string[],
): Promise<Rows> {
  const these = conversationIds.map(quoted).join(", ") || "''";
  const turns = `(SELECT "id" FROM "Turn" WHERE "conversationId" IN (${these}))`;
  const of = `WHERE "conversationId" IN (${these})`;
  const calls = `SELECT c.*, s."turnId", t."conversationId" FROM "ToolCall" c
    JOIN "TurnStep" s ON s."id" = c."stepId" JOIN "Turn" t ON t."id" = s."turnId"
    WHERE s."turnId" IN ${turns} ORDER BY t."seq", s."index", c."index"`;
  return {
    conversations: (await query(`SELECT * FROM "Conversation" WHERE "id" IN (${these})`)).map(
      (row) => ({
        id: text(row["id"]),
        nextSeq: Number(row["nextSeq"]),
        activeTurnId: maybe(row["activeTurnId"], text),
      }),
    ),
    sessions: (await query(`SELECT * FROM "Session" ${of}`)).map((row) => ({
      id: text(row["id"]),
      conversationId: text(row["conversationId"]),
    })),
    messages: (await query(`SELECT * FROM "Message" ${of} ORDER BY "seq"`)).map((row) => ({
      id: text(row["id"]),
      conversationId: text(row["conversationId"]),
      seq: Number(row["seq"]),
      direction: text(row["direction"]),
      text: text(row["text"]),
      status: text(row["status"]),
      turnId: maybe(row["turnId"], text),
    })),
    turns: (await query(`SELECT * FROM "Turn" ${of} ORDER BY "seq"`)).map((row) => ({
      id: text(row["id"]),
      conversationId: text(row["conversationId"]),
      seq: Number(row["seq"]),
      requestId: text(row["requestId"]),
      state: text(row["state"]),
      owner: maybe(row["owner"], text),
      attempts: Number(row["attempts"]),
      terminal: maybe(row["terminal"], text),
      endedAt: maybe(row["endedAt"], time),
    })),
    steps: (
      await query(`SELECT * FROM "TurnStep" WHERE "turnId" IN ${turns} ORDER BY "index"`)
    ).map((row) => ({
      id: text(row["id"]),
      turnId: text(row["turnId"]),
      index: Number(row["index"]),
      text: text(row["text"]),
      finishReason: text(row["finishReason"]),
    })),
    toolCalls: (await query(calls)).map((row) => ({
      id: text(row["id"]),
      stepId: text(row["stepId"]),
      turnId: text(row["turnId"]),
      conversationId: text(row["conversationId"]),
      name: text(row["name"]),
      arguments: text(row["arguments"]),
      state: text(row["state"]),
      digest: text(row["digest"]),
      confirmation: maybe(row["confirmation"], text),
      originalConfirmation: maybe(row["originalConfirmation"], text),
      editedArguments: maybe(row["editedArguments"], text),
      editedDigest: maybe(row["editedDigest"], text),
      interaction: maybe(row["interaction"], text),
      grantId: maybe(row["grantId"], text),
      result: maybe(row["result"], text),
      expiresAt: maybe(row["expiresAt"], time),
      approved: maybe(row["approved"], Boolean),
      decidedBy: maybe(row["decidedBy"], text),
      decidedAt: maybe(row["decidedAt"], time),
      startedAt: maybe(row["startedAt"], time),
    })),
    decisions: (await query(`SELECT * FROM "Decision" ${of}`)).map((row) => ({
      toolCallId: text(row["toolCallId"]),
      conversationId: text(row["conversationId"]),
      turnId: text(row["turnId"]),
      toolName: text(row["toolName"]),
      argumentsDigest: text(row["argumentsDigest"]),
      editedDigest: maybe(row["editedDigest"], text),
      grantId: maybe(row["grantId"], text),
      approved: Boolean(row["approved"]),
      decidedBy: text(row["decidedBy"]),
      sessionId: maybe(row["sessionId"], text),
      outcome: maybe(row["outcome"], text),
    })),
    grants: (await query(`SELECT * FROM "Grant" ${of}`)).map((row) => ({
      id: text(row["id"]),
      conversationId: text(row["conversationId"]),
      toolName: text(row["toolName"]),
      toolCallId: text(row["toolCallId"]),
      createdAt: time(row["createdAt"]),
      endedAt: maybe(row["endedAt"], time),
    })),
  };
}

function quoted(id: string): string {
  if (!/^[\da-f-]{36}$/.test(id)) throw new Error(`not a UUID: ${id}`);
  return `'${id}'`;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error(`the database has no text where one was due`);
  return value;
}

function maybe<Result>(value: unknown, read: (value: unknown) => Result): Result | null {
  return value === null ? null : read(value);
}

/** SQLite keeps a time as text, PostgreSQL as a time of its own. */
function time(value: unknown): number {
  return value instanceof Date ? value.getTime() : new Date(text(value)).getTime();
}
