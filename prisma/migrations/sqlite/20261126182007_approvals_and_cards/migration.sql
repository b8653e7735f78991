-- AlterTable
ALTER TABLE "Decision" ADD COLUMN "arguments" TEXT;
ALTER TABLE "Decision" ADD COLUMN "editedArguments" TEXT;
ALTER TABLE "Decision" ADD COLUMN "editedDigest" TEXT;
ALTER TABLE "Decision" ADD COLUMN "grantId" TEXT;

-- AlterTable
ALTER TABLE "Participant" ADD COLUMN "phone" TEXT;

-- AlterTable
ALTER TABLE "Session" ADD COLUMN "authenticatedAs" TEXT;
ALTER TABLE "Session" ADD COLUMN "authenticatedUntil" DATETIME;
ALTER TABLE "Session" ADD COLUMN "clientTools" TEXT;

-- AlterTable
ALTER TABLE "ToolCall" ADD COLUMN "answer" TEXT;
ALTER TABLE "ToolCall" ADD COLUMN "claimedBy" TEXT;
ALTER TABLE "ToolCall" ADD COLUMN "editedArguments" TEXT;
ALTER TABLE "ToolCall" ADD COLUMN "editedDigest" TEXT;
ALTER TABLE "ToolCall" ADD COLUMN "grantId" TEXT;
ALTER TABLE "ToolCall" ADD COLUMN "interaction" TEXT;
ALTER TABLE "ToolCall" ADD COLUMN "originalConfirmation" TEXT;

-- CreateTable
CREATE TABLE "Grant" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "conversationId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "userId" TEXT,
    "toolName" TEXT NOT NULL,
    "toolCallId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "arguments" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" DATETIME,
    "endedReason" TEXT,
    CONSTRAINT "Grant_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "OtpChallenge" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sessionId" TEXT NOT NULL,
    "toolName" TEXT NOT NULL,
    "toolTitle" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "maskedDestination" TEXT NOT NULL,
    "contact" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "codeHash" TEXT,
    "salt" TEXT NOT NULL,
    "attemptsLeft" INTEGER NOT NULL,
    "sentAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "lockedUntil" DATETIME,
    CONSTRAINT "OtpChallenge_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "OtpContact" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "failures" INTEGER NOT NULL,
    "countedUntil" DATETIME NOT NULL,
    "lockedUntil" DATETIME
);

-- CreateIndex
CREATE UNIQUE INDEX "Grant_toolCallId_key" ON "Grant"("toolCallId");

-- CreateIndex
CREATE INDEX "Grant_conversationId_toolName_endedAt_idx" ON "Grant"("conversationId", "toolName", "endedAt");

-- CreateIndex
CREATE UNIQUE INDEX "OtpChallenge_sessionId_key" ON "OtpChallenge"("sessionId");

-- CreateIndex
CREATE INDEX "OtpChallenge_contact_idx" ON "OtpChallenge"("contact");

-- CreateIndex
CREATE INDEX "OtpContact_countedUntil_idx" ON "OtpContact"("countedUntil");
