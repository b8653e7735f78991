-- CreateTable
CREATE TABLE "ServerProcess" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "startedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" DATETIME
);

-- CreateTable
CREATE TABLE "Decision" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "conversationId" TEXT NOT NULL,
    "turnId" TEXT NOT NULL,
    "toolCallId" TEXT NOT NULL,
    "toolName" TEXT NOT NULL,
    "argumentsDigest" TEXT NOT NULL,
    "approved" BOOLEAN NOT NULL,
    "decidedBy" TEXT NOT NULL,
    "userId" TEXT,
    "sessionId" TEXT,
    "origin" TEXT,
    "reason" TEXT,
    "decidedAt" DATETIME NOT NULL,
    "outcome" TEXT,
    "outcomeAt" DATETIME
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Message" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "conversationId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "participantId" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'completed',
    "turnId" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Message_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Message_participantId_fkey" FOREIGN KEY ("participantId") REFERENCES "Participant" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Message_turnId_fkey" FOREIGN KEY ("turnId") REFERENCES "Turn" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
INSERT INTO "new_Message" ("conversationId", "createdAt", "direction", "id", "participantId", "seq", "text", "turnId") SELECT "conversationId", "createdAt", "direction", "id", "participantId", "seq", "text", "turnId" FROM "Message";
DROP TABLE "Message";
ALTER TABLE "new_Message" RENAME TO "Message";
CREATE INDEX "Message_turnId_idx" ON "Message"("turnId");
CREATE INDEX "Message_participantId_idx" ON "Message"("participantId");
CREATE UNIQUE INDEX "Message_conversationId_seq_key" ON "Message"("conversationId", "seq");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "ServerProcess_expiresAt_idx" ON "ServerProcess"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Decision_toolCallId_key" ON "Decision"("toolCallId");

-- CreateIndex
CREATE INDEX "Decision_organizationId_decidedAt_id_idx" ON "Decision"("organizationId", "decidedAt", "id");

-- CreateIndex
CREATE INDEX "Decision_conversationId_decidedAt_id_idx" ON "Decision"("conversationId", "decidedAt", "id");
