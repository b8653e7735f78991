-- AlterTable
ALTER TABLE "Conversation" ADD COLUMN     "handOff" TEXT,
ADD COLUMN     "handOffAt" TIMESTAMP(3),
ADD COLUMN     "handOffName" TEXT,
ADD COLUMN     "handOffReason" TEXT,
ADD COLUMN     "needsEscalation" BOOLEAN,
ADD COLUMN     "resolution" TEXT,
ADD COLUMN     "title" TEXT,
ADD COLUMN     "titledBy" TEXT;

-- AlterTable
ALTER TABLE "Organization" ADD COLUMN     "budgetUsd" DOUBLE PRECISION,
ADD COLUMN     "persona" TEXT;

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "endedReason" TEXT,
ADD COLUMN     "role" TEXT;

-- CreateTable
CREATE TABLE "Agent" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "allowedOrigins" TEXT,
    "secrets" TEXT NOT NULL DEFAULT '[]',
    "publicKeys" TEXT NOT NULL DEFAULT '[]',
    "behaviour" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WorkflowState" (
    "conversationId" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "stepId" TEXT NOT NULL,
    "holds" INTEGER NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "WorkflowState_pkey" PRIMARY KEY ("conversationId","agentId")
);

-- CreateTable
CREATE TABLE "UsageEntry" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "conversationId" TEXT NOT NULL,
    "turnId" TEXT,
    "userId" TEXT,
    "purpose" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "promptTokens" INTEGER NOT NULL,
    "completionTokens" INTEGER NOT NULL,
    "costUsd" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "UsageEntry_pkey" PRIMARY KEY ("id")
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

-- AddForeignKey
ALTER TABLE "WorkflowState" ADD CONSTRAINT "WorkflowState_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
