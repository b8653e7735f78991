-- AlterTable
ALTER TABLE "Decision" ADD COLUMN     "arguments" TEXT,
ADD COLUMN     "editedArguments" TEXT,
ADD COLUMN     "editedDigest" TEXT,
ADD COLUMN     "grantId" TEXT;

-- AlterTable
ALTER TABLE "Participant" ADD COLUMN     "phone" TEXT;

-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "authenticatedAs" TEXT,
ADD COLUMN     "authenticatedUntil" TIMESTAMP(3),
ADD COLUMN     "clientTools" TEXT;

-- AlterTable
ALTER TABLE "ToolCall" ADD COLUMN     "answer" TEXT,
ADD COLUMN     "claimedBy" TEXT,
ADD COLUMN     "editedArguments" TEXT,
ADD COLUMN     "editedDigest" TEXT,
ADD COLUMN     "grantId" TEXT,
ADD COLUMN     "interaction" TEXT,
ADD COLUMN     "originalConfirmation" TEXT;

-- CreateTable
CREATE TABLE "Grant" (
    "id" TEXT NOT NULL,
    "conversationId" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "userId" TEXT,
    "toolName" TEXT NOT NULL,
    "toolCallId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "arguments" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMP(3),
    "endedReason" TEXT,

    CONSTRAINT "Grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OtpChallenge" (
    "id" TEXT NOT NULL,
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
    "sentAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "lockedUntil" TIMESTAMP(3),

    CONSTRAINT "OtpChallenge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OtpContact" (
    "id" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "countedUntil" TIMESTAMP(3) NOT NULL,
    "lockedUntil" TIMESTAMP(3),

    CONSTRAINT "OtpContact_pkey" PRIMARY KEY ("id")
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

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "Conversation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OtpChallenge" ADD CONSTRAINT "OtpChallenge_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;
