-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN "handOff" TEXT;
ALTER TABLE "Conversation" ADD COLUMN "handOffAt" DATETIME;
ALTER TABLE "Conversation" ADD COLUMN "handOffName" TEXT;
ALTER TABLE "Conversation" ADD COLUMN "handOffReason" TEXT;
ALTER TABLE "Conversation" ADD COLUMN "needsEscalation" BOOLEAN;
ALTER TABLE "Conversation" ADD COLUMN "resolution" TEXT;
ALTER TABLE "Conversation" ADD COLUMN "title" TEXT;
ALTER TABLE "Conversation" ADD COLUMN "titledBy" TEXT;

-- AlterTable
ALTER TABLE "Organization" ADD COLUMN "budgetUsd" REAL;
ALTER TABLE "Organization" ADD COLUMN "persona" TEXT;

-- AlterTable
ALTER TABLE "Session" ADD COLUMN "endedReason" TEXT;
ALTER TABLE "Session" ADD COLUMN "role" TEXT;

-- CreateTable
CREATE TABLE "Agent" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "allowedOrigins" TEXT,
    "secrets" TEXT NOT NULL DEFAULT '[]',
    "publicKeys" TEXT NOT NULL DEFAULT '[]',
    "behaviour" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "WorkflowState" (
    "conversationId" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "stepId" TEXT NOT NULL,
    "holds" INTEGER NOT NULL DEFAULT 0,
    "updatedAt" DATETIME NOT NULL,

    PRIMARY KEY ("conversationId", "agentId"),
    CONSTRAINT "WorkflowState_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "UsageEntry" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "organizationId" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "conversationId" TEXT NOT NULL,
    "turnId" TEXT,
    "userId" TEXT,
    "purpose" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "promptTokens" INTEGER NOT NULL,
    "completionTokens" INTEGER NOT NULL,
    "costUsd" REAL NOT NULL,
    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateIndex
CREATE INDEX "Agent_organizationId_idx" ON "Agent"("organizationId");

-- CreateIndex
CREATE INDEX "UsageEntry_organizationId_at_idx" ON "UsageEntry"("organizationId", "at");

-- CreateIndex
CREATE INDEX "UsageEntry_conversationId_idx" ON "UsageEntry"("conversationId");

-- CreateIndex
CREATE INDEX "UsageEntry_organizationId_userId_at_idx" ON "UsageEntry"("organizationId", "userId", "at");

-- CreateIndex
CREATE INDEX "Conversation_organizationId_updatedAt_id_idx" ON "Conversation"("organizationId", "updatedAt", "id");

-- CreateIndex
CREATE INDEX "Conversation_organizationId_handOff_idx" ON "Conversation"("organizationId", "handOff");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");
